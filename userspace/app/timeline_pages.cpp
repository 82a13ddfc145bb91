#include "app/timeline_pages.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/page_parameters.h"
#include "base/quantity.h"
#include "serve/incident_answers.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;
using Entries = std::vector<history::StoredEntry>;

constexpr std::size_t kUsualEntries = 1'000;
constexpr std::size_t kMostEntries = 10'000;

/// The pages with what they share.
struct Waiting {
  Waiting(IncidentSources from, WaitLimits within) : sources(std::move(from)), limits(within) {}

  IncidentSources sources;
  WaitLimits limits;
  std::atomic<std::size_t> count{0};
};

/// One of those who wait; releases its place.
class Place {
 public:
  explicit Place(Waiting& waiting) : waiting_(waiting), is_had_(waiting.count++ < waiting.limits.max_waiting) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --waiting_.count; }

  [[nodiscard]] bool is_had() const { return is_had_; }

 private:
  Waiting& waiting_;
  const bool is_had_;
};

/// False once the daemon stops.
bool sleep_for(std::chrono::nanoseconds length, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, length, [&stop] { return stop.stop_requested(); });
  return !stop.stop_requested();
}

/// Asks again and again until there is something, or the time is over: nobody upstream has to know who waits.
Result<Entries> entries_within(Waiting& waiting, const TimelineQuery& query, std::chrono::nanoseconds patience) {
  Result<Entries> found = waiting.sources.desk.timeline(query);
  const Place place(waiting);
  if (!place.is_had()) return found;
  const KernelTime end = waiting.sources.clock.kernel_now() + patience;
  while (found && found->empty() && waiting.sources.clock.kernel_now() < end &&
         sleep_for(waiting.limits.look_every, waiting.sources.stop)) {
    found = waiting.sources.desk.timeline(query);
  }
  return found;
}

Result<std::chrono::nanoseconds> read_wait(const HttpRequest& request, std::chrono::nanoseconds longest) {
  const std::string* const text = request.query.find("wait");
  if (text == nullptr) return std::chrono::nanoseconds{0};
  auto wait = parse_duration(*text);
  if (!wait) return std::move(wait).error().with("wait");
  return std::min(*wait, longest);
}

Result<std::string> timeline_text(Waiting& waiting, const HttpRequest& request, std::optional<std::int64_t> incident) {
  TimelineQuery query;
  query.after = SONDE_TRY(read_id(request.query, "after"));
  query.incident = incident ? *incident : SONDE_TRY(read_id(request.query, "incident"));
  query.limit = SONDE_TRY(read_limit(request.query, kUsualEntries, kMostEntries));
  const auto wait = SONDE_TRY(read_wait(request, waiting.limits.longest));
  if (query.incident != 0) SONDE_TRY(waiting.sources.desk.incident(query.incident));
  const Entries entries = SONDE_TRY(entries_within(waiting, query, wait));
  return serve::timeline_json(entries, query.after);
}

HttpResponse respond(Result<std::string> text) {
  if (!text) return problem_of(text.error());
  HttpResponse response = serve::json_response(200, *std::move(text));
  response.compressible = true;
  return response;
}

}  // namespace

void add_timeline_pages(serve::Router& router, const IncidentSources& sources, const WaitLimits& limits) {
  const auto waiting = std::make_shared<Waiting>(sources, limits);
  router.add("/api/sonde/v1/timeline", serve::Methods::kGet,
             [waiting](const HttpRequest& request) { return respond(timeline_text(*waiting, request, std::nullopt)); });
  router.add_pattern("/api/sonde/v1/incidents/*/timeline", serve::Methods::kGet,
                     [waiting](const HttpRequest& request, const std::string& part) {
                       const auto id = id_of(part, "incident");
                       return id ? respond(timeline_text(*waiting, request, *id)) : problem_of(id.error());
                     });
}

}  // namespace sonde::app
