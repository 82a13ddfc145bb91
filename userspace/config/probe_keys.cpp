#include <re2/re2.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/http_values.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using probe::ProbeKind;

constexpr std::size_t kMostProbes = 1'000;
constexpr std::size_t kMostNameBytes = 64;
constexpr std::array<std::string_view, 2> kNoYes{"false", "true"};

bool read_url(const Value& value, Draft& draft) {
  std::string url;
  if (!value.read_text(url) || !value.accept(check_http_url(url))) return false;
  const std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos) {
    return value.refuse("must be a URL without a user or a password: the address is shown to everybody");
  }
  draft.probe.kind = ProbeKind::kHttp;
  draft.probe.address = std::move(url);
  return true;
}

bool read_endpoint(const Value& value, Draft& draft) {
  constexpr std::uint64_t kMostPort = 65'535;
  std::string endpoint;
  if (!value.read_text(endpoint)) return false;
  const std::size_t colon = endpoint.rfind(':');
  const std::string host = endpoint.substr(0, colon);
  std::uint64_t port = 0;
  if (colon != std::string::npos) port = parse_whole_number(endpoint.substr(colon + 1)).value_or(0);
  const bool is_bare_v6 = host.find(':') != std::string::npos && !(host.starts_with('[') && host.ends_with(']'));
  const bool is_odd = host.empty() || host.find_first_of("/?#@ ") != std::string::npos || is_bare_v6;
  if (is_odd || port == 0 || port > kMostPort) {
    return value.refuse(shown_value(endpoint) + " must be a host and a port, such as db.example:5432 or [::1]:5432");
  }
  draft.probe.kind = ProbeKind::kTcp;
  draft.probe.address = std::move(endpoint);
  return true;
}

bool read_method(const Value& value, Draft& draft) {
  std::string method;
  if (!value.read_text(method) || !check_method(value, method)) return false;
  draft.probe.method = std::move(method);
  return true;
}

bool read_body_pattern(const Value& value, Draft& draft) {
  std::string pattern;
  if (!value.read_text(pattern)) return false;
  const re2::RE2 compiled(pattern, re2::RE2::Quiet);
  if (!compiled.ok()) {
    return value.refuse(shown_value(pattern) + " is no regular expression (RE2): " + compiled.error());
  }
  draft.probe.body_matches = std::move(pattern);
  return true;
}

bool read_ca_file(const Value& value, Draft& draft) {
  std::string path;
  if (!value.read_text(path)) return false;
  if (!path.starts_with('/')) return value.refuse(shown_value(path) + " must be an absolute path");
  draft.probe.ca_file = std::move(path);
  return true;
}

bool read_flag(const Value& value, bool& into) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kNoYes)) return false;
  into = choice == 1;
  return true;
}

constexpr std::array kProbeKeys{
    Key{.name = "http", .read = read_url},
    Key{.name = "tcp", .read = read_endpoint},
    Key{.name = "service",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.probe.service); }},
    Key{.name = "interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.probe.interval, {1s, 24h});
            }},
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.probe.timeout, {1ms, 10min});
            }},
    Key{.name = "method", .read = read_method},
    Key{.name = "status",
        .read = [](const Value& value, Draft& draft) { return read_statuses(value, draft.probe.statuses); }},
    Key{.name = "body_matches", .read = read_body_pattern},
    Key{.name = "verify_tls",
        .read = [](const Value& value, Draft& draft) { return read_flag(value, draft.probe.verifies_tls); }},
    Key{.name = "ca_file", .read = read_ca_file},
    Key{.name = "follow_redirects",
        .read = [](const Value& value, Draft& draft) { return read_flag(value, draft.probe.follows_redirects); }},
};

/// What only makes sense for HTTP.
constexpr std::array<const char*, 6> kHttpOnly{".method",     ".status",  ".body_matches",
                                               ".verify_tls", ".ca_file", ".follow_redirects"};

void check_probe(Draft& draft, const Spot& spot) {
  const probe::ProbeTarget& target = draft.probe;
  const auto find = [&](const std::string& key) { return draft.log.find(spot.path + key); };
  if (target.name.size() > kMostNameBytes || !is_plain_key(target.name)) {
    draft.log.add(spot, "must have a name of at most 64 letters, digits, '_', '-' and '.'");
  }
  const bool is_tcp = find(".tcp") != nullptr;
  if ((find(".http") != nullptr) == is_tcp) {
    draft.log.add(spot, "needs exactly one of http, a URL, and tcp, a host and a port");
  }
  for (const char* key : kHttpOnly) {
    const FaultLog::Given* given = find(key);
    if (is_tcp && given != nullptr) draft.log.add({given->at, spot.path + key}, "is for http only: remove it");
  }
  if (target.timeout > target.interval) draft.log.add(spot, "must not have a timeout longer than its interval");
  if (draft.config.probes.size() == kMostProbes) {
    draft.log.add(spot, "is one too many: there may be " + std::to_string(kMostProbes));
  }
}

}  // namespace

std::span<const Key> probe_keys() { return kProbeKeys; }

void start_probe(Draft& draft, const std::string& name) {
  draft.probe = {};
  draft.probe.name = name;
}

void finish_probe(Draft& draft, const Spot& spot) {
  check_probe(draft, spot);
  draft.config.probes.push_back(std::move(draft.probe));
}

}  // namespace sonde::config
