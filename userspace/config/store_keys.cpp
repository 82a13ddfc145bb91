#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kYear = 365 * 24h;

/// Letters, digits, `_` and `:`, and `*` where a pattern may stand.
bool is_metric_name(std::string_view text, bool is_pattern) {
  const auto fits = [&](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == ':' || (is_pattern && letter == '*');
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits) && (text[0] < '0' || text[0] > '9');
}

bool read_max_size(const Value& value, Draft& draft) {
  constexpr std::uint64_t kLeast = 4U << 20U;
  std::uint64_t bytes = 0;
  if (!value.read_size(bytes)) return false;
  if (bytes < kLeast) return value.refuse("must be at least 4MiB, such as 48MiB");
  draft.config.store.max_bytes = bytes;
  return true;
}

bool read_directory(const Value& value, Draft& draft) {
  std::string path;
  if (!value.read_text(path)) return false;
  if (path != kNoDirectory && !path.starts_with('/')) {
    return value.refuse(shown_value(path) + " must be an absolute path, or `none` to keep the past in memory only");
  }
  draft.config.store_directory = path;
  return true;
}

bool read_long_metrics(const Value& value, Draft& draft) {
  const auto items = value.read_list();
  if (!items) return false;
  draft.config.store.long_metrics.clear();
  bool sound = true;
  for (const Value& item : *items) {
    std::string name;
    const bool is_text = item.read_text(name);
    const bool fits = is_text && (is_metric_name(name, false) ||
                                  item.refuse(shown_value(name) + " is no metric's name, such as node_load1"));
    if (fits) draft.config.store.long_metrics.push_back(name);
    sound = sound && fits;
  }
  return sound;
}

bool read_sampled_metric(const Value& value, Draft& draft) {
  std::string name;
  if (!value.read_text(name)) return false;
  if (!is_metric_name(name, true)) {
    return value.refuse(shown_value(name) + " is no metric's name, such as node_load1 or http_server_*");
  }
  std::string regex;
  for (const char letter : name) regex += letter == '*' ? std::string(".*") : std::string(1, letter);
  draft.demand.matchers = {{std::string(store::kNameLabel), store::MatchOperator::kRegex, regex}};
  return true;
}

constexpr std::array kSampleKeys{
    Key{.name = "metric", .read = read_sampled_metric},
    Key{.name = "interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.demand.interval, {1s, 1h});
            }},
};

constexpr std::array kStoreKeys{
    Key{.name = "tick",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.tick, {10ms, 1h});
            }},
    Key{.name = "keep",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.keep, {1s, kYear});
            }},
    Key{.name = "interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.interval, {1s, 1h});
            }},
    Key{.name = "sample", .shape = KeyShape::kList, .keys = kSampleKeys, .enter = start_sample, .leave = finish_sample},
    Key{.name = "retention",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.retention, {10min, kYear});
            }},
    Key{.name = "long_interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.long_interval, {10s, 24h});
            }},
    Key{.name = "long_retention",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.long_retention, {10min, 10 * kYear});
            }},
    Key{.name = "long_metrics", .read = read_long_metrics},
    Key{.name = "max_size", .read = read_max_size},
    Key{.name = "directory", .read = read_directory},
    Key{.name = "checkpoint_interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.checkpoint_interval, {1s, 24h});
            }},
};

constexpr std::array<std::string_view, 2> kSwitch{"false", "true"};

constexpr std::array kQueryKeys{
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.query.engine.timeout, {10ms, 1h});
            }},
    Key{.name = "lookback",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.query.engine.lookback, {1s, 24h});
            }},
    Key{.name = "max_samples",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.query.engine.max_samples, {1'000, 1'000'000'000});
            }},
    Key{.name = "max_concurrent",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.query.max_concurrent, {1, 1'000});
            }},
    Key{.name = "fine_buckets",
        .read =
            [](const Value& value, Draft& draft) {
              std::size_t choice = 0;
              if (!value.read_choice(choice, kSwitch)) return false;
              draft.config.query.fine_buckets = choice == 1;
              return true;
            }},
};

}  // namespace

std::span<const Key> store_keys() { return kStoreKeys; }
std::span<const Key> query_keys() { return kQueryKeys; }

void start_sample(Draft& draft, const std::string&) {
  draft.demand = {.matchers = {}, .interval = std::chrono::nanoseconds{0}};
}

void finish_sample(Draft& draft, const Spot& spot) {
  if (draft.demand.matchers.empty()) draft.log.add(spot, "names no `metric`, such as http_server_*");
  if (draft.demand.interval.count() == 0) draft.log.add(spot, "gives no `interval`, such as 1s");
  draft.config.store.demands.push_back(std::move(draft.demand));
}

}  // namespace sonde::config
