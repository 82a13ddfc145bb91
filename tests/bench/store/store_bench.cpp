// What the store costs: appending and reading 10,000 series beside plain vectors of samples in the same run, bytes a
// sample, memory, checkpoints. Prints the figures and their ratios.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/store/host_data.h"
#include "store/database.h"

namespace sonde::store {
namespace {

constexpr std::int64_t kStartMs = 1'800'000'000'000;
constexpr int kHourTicks = 360;
std::size_t series_count = 10'000;

/// Of this thread's CPU time: others use the machine too.
double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double ns_since(double begin_ns) { return cpu_ns() - begin_ns; }

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident_pages = 0;
  file >> pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::unique_ptr<Database> open(const std::string& directory) {
  StoreOptions options;
  options.directory = directory;
  std::vector<std::string> notices;
  auto database = Database::open(options, notices);
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().what.c_str());
    std::exit(1);
  }
  return *std::move(database);
}

WallTime at(int tick) { return WallTime{std::chrono::milliseconds{kStartMs + tick * 10'000}}; }

/// An hour of ticks. Returns the nanoseconds that appending took.
double fill(Database& database, bench::HostData& data) {
  double took_ns = 0;
  for (int tick = 0; tick < kHourTicks; ++tick) {
    const measure::Snapshot& snapshot = data.tick();
    const auto begin = cpu_ns();
    database.append(snapshot, at(tick));
    took_ns += ns_since(begin);
  }
  return took_ns;
}

Selection all_numbers() {
  return {{{std::string(kNameLabel), MatchOperator::kEqual, "bench_numbers"}}, 0, kStartMs * 2, false};
}

double read_all(const Database& database, double& select_ns) {
  const auto begin = cpu_ns();
  const auto views = database.select(all_numbers());
  select_ns = ns_since(begin);
  std::vector<Sample> samples;
  double sum = 0;
  for (const auto& view : *views) {
    view->read(0, kStartMs * 2, samples);
    sum += samples.empty() ? 0 : samples.back().value;
  }
  return sum;
}

void append_to_vectors(benchmark::State& state) {
  const auto data = bench::make_numbers(series_count);
  std::vector<std::vector<Sample>> vectors(series_count);
  int tick = 0;
  for (auto _ : state) {
    const measure::Snapshot& snapshot = data->tick();
    const auto begin = cpu_ns();
    std::size_t n = 0;
    for (const measure::Series& series : snapshot.families[0].series) {
      vectors[n++].push_back({kStartMs + tick * 10'000, series.value});
    }
    state.SetIterationTime(ns_since(begin) * 1e-9);
    ++tick;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(series_count));
}
BENCHMARK(append_to_vectors)->Name("baseline/append_to_vectors")->UseManualTime()->Iterations(kHourTicks);

void append_to_store(benchmark::State& state) {
  const auto data = bench::make_numbers(series_count);
  const auto database = open("");
  int tick = 0;
  for (auto _ : state) {
    const measure::Snapshot& snapshot = data->tick();
    const auto begin = cpu_ns();
    database->append(snapshot, at(tick++));
    state.SetIterationTime(ns_since(begin) * 1e-9);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(series_count));
}
BENCHMARK(append_to_store)->Name("store/append")->UseManualTime()->Iterations(kHourTicks);

void read_from_store(benchmark::State& state) {
  const auto data = bench::make_numbers(series_count);
  const auto database = open("");
  fill(*database, *data);
  double select_ns = 0;
  for (auto _ : state) benchmark::DoNotOptimize(read_all(*database, select_ns));
  state.counters["select_ms"] = select_ns / 1e6;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(series_count) * kHourTicks);
}
BENCHMARK(read_from_store)->Name("store/select_and_read_an_hour");

void read_histograms(benchmark::State& state) {
  const auto data = bench::make_host(series_count / 200);
  const auto database = open("");
  fill(*database, *data);
  const bool fine = state.range(0) != 0;
  const Selection selection{
      {{std::string(kNameLabel), MatchOperator::kEqual, "http_server_request_duration_seconds_bucket"}},
      0,
      kStartMs * 2,
      fine};
  std::size_t samples_read = 0;
  for (auto _ : state) {
    std::vector<Sample> samples;
    const auto views = database->select(selection);
    for (const auto& view : *views) {
      view->read(0, kStartMs * 2, samples);
      samples_read += samples.size();
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(samples_read));
}
BENCHMARK(read_histograms)->Name("store/read_an_hour_of_buckets/fine")->Arg(0)->Arg(1);

void report_bytes(const char* what, bench::HostData& data) {
  const auto database = open("");
  ::malloc_trim(0);
  const double before = resident_bytes();
  const double took_ns = fill(*database, data);
  const DatabaseFacts facts = database->facts();
  const auto samples = static_cast<double>(facts.appended_samples);
  std::printf("%s: %zu series (%zu stored), %.0f samples\n", what, facts.series, facts.stored_series, samples);
  std::printf("  append              %8.1f ns a sample\n", took_ns / samples);
  std::printf("  samples             %8.3f bytes a sample, %.1f %% of the 16 of a plain one\n",
              static_cast<double>(facts.sample_bytes) / samples,
              static_cast<double>(facts.sample_bytes) / samples / 16 * 100);
  std::printf("  everything          %8.3f bytes a sample, %.1f MiB\n", static_cast<double>(facts.bytes) / samples,
              static_cast<double>(facts.bytes) / 1048576);
  std::printf("  resident growth     %8.1f MiB\n", (resident_bytes() - before) / 1048576);
}

void report_checkpoint() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sonde_store_bench_XXXXXX").string();
  const std::string directory = ::mkdtemp(pattern.data());
  auto database = open(directory);
  const auto data = bench::make_numbers(series_count);
  fill(*database, *data);
  auto begin = cpu_ns();
  bool written = static_cast<bool>(database->checkpoint());
  const double base_ns = ns_since(begin);
  const std::size_t base_bytes = database->facts().checkpoint_bytes;
  for (int tick = kHourTicks; tick < kHourTicks + 6; ++tick) database->append(data->tick(), at(tick));
  begin = cpu_ns();
  written = database->checkpoint() && written;
  const double delta_ns = ns_since(begin);
  const std::size_t delta_bytes = database->facts().checkpoint_bytes - base_bytes;
  database = nullptr;
  begin = cpu_ns();
  database = open(directory);
  const double load_ns = ns_since(begin);
  std::printf("checkpoint%s: base %.1f ms, %.2f MiB; a minute later %.1f ms, %.2f MiB (%.1f %%); load %.1f ms\n",
              written ? "" : " FAILED", base_ns / 1e6, static_cast<double>(base_bytes) / 1048576, delta_ns / 1e6,
              static_cast<double>(delta_bytes) / 1048576,
              static_cast<double>(delta_bytes) / static_cast<double>(base_bytes) * 100, load_ns / 1e6);
  std::filesystem::remove_all(directory);
}

void take_options(int& count, char** arguments) {
  constexpr std::string_view kSeriesOption = "--series=";
  int kept = 0;
  for (int i = 0; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument.starts_with(kSeriesOption)) {
      series_count = std::strtoul(arguments[i] + kSeriesOption.size(), nullptr, 10);
    } else {
      arguments[kept++] = arguments[i];
    }
  }
  count = kept;
}

int run(int count, char** arguments) {
  take_options(count, arguments);
  report_bytes("numbers", *bench::make_numbers(series_count));
  report_bytes("host", *bench::make_host(series_count / 200));
  report_checkpoint();
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace sonde::store

int main(int count, char** arguments) { return sonde::store::run(count, arguments); }
