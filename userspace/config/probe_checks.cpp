#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/quantity.h"
#include "config/probe_values.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using probe::ProbeKind;
using std::chrono::nanoseconds;

constexpr std::size_t kMostProbes = 1'000;
constexpr std::size_t kMostNameBytes = 64;

constexpr std::array kKinds{ProbeKind::kHttp,       ProbeKind::kTcp,   ProbeKind::kIcmp,  ProbeKind::kDns,
                            ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis, ProbeKind::kCommand};

/// A key, and the kinds it makes sense for.
struct Scope {
  std::string_view key;
  std::span<const ProbeKind> kinds;
};

constexpr std::array kHttp{ProbeKind::kHttp};
constexpr std::array kTcp{ProbeKind::kTcp};
constexpr std::array kDns{ProbeKind::kDns};
constexpr std::array kDatabases{ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis};
constexpr std::array kLogins{ProbeKind::kHttp, ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis};
constexpr std::array kTlsByWish{ProbeKind::kTcp, ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis};
constexpr std::array kTls{ProbeKind::kHttp, ProbeKind::kTcp, ProbeKind::kPostgresql, ProbeKind::kMysql,
                          ProbeKind::kRedis};
constexpr std::array kNetwork{ProbeKind::kHttp,       ProbeKind::kTcp,   ProbeKind::kIcmp, ProbeKind::kDns,
                              ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis};

constexpr std::array<Scope, 23> kScopes{{{"ip_protocol", kNetwork},
                                         {"user", kLogins},
                                         {"password_file", kLogins},
                                         {"password_env", kLogins},
                                         {"tls", kTlsByWish},
                                         {"verify_tls", kTls},
                                         {"ca_file", kTls},
                                         {"method", kHttp},
                                         {"headers", kHttp},
                                         {"header_files", kHttp},
                                         {"body", kHttp},
                                         {"status", kHttp},
                                         {"body_matches", kHttp},
                                         {"json", kHttp},
                                         {"follow_redirects", kHttp},
                                         {"send", kTcp},
                                         {"expect", kTcp},
                                         {"query", kDns},
                                         {"type", kDns},
                                         {"rcode", kDns},
                                         {"transport", kDns},
                                         {"answer_matches", kDns},
                                         {"database", kDatabases}}};

std::string names_of(std::span<const ProbeKind> kinds) {
  std::string names;
  for (const ProbeKind kind : kinds) names += (names.empty() ? "" : ", ") + std::string(name_of(kind));
  return names;
}

/// The one kind that the keys name; leaves a fault behind if there is none or more.
bool has_one_kind(Draft& draft, const Spot& spot) {
  std::string given;
  int count = 0;
  for (const ProbeKind kind : kKinds) {
    if (draft.log.find(spot.path + "." + std::string(name_of(kind))) == nullptr) continue;
    given += (given.empty() ? "" : " and ") + std::string(name_of(kind));
    ++count;
  }
  if (count == 1) return true;
  draft.log.add(spot, "needs exactly one of " + names_of(kKinds) + (count == 0 ? "" : "; it has " + given));
  return false;
}

void check_scopes(Draft& draft, const Spot& spot) {
  for (const Scope& scope : kScopes) {
    const std::string path = spot.path + "." + std::string(scope.key);
    const FaultLog::Given* given = draft.log.find(path);
    if (given == nullptr || std::ranges::find(scope.kinds, draft.probe.kind) != scope.kinds.end()) continue;
    draft.log.add({given->at, path}, "is for " + names_of(scope.kinds) + " only: remove it");
  }
}

/// All attempts and the pauses between them are over before the probe is due again.
void check_times(Draft& draft, const Spot& spot) {
  probe::ProbeTarget& target = draft.probe;
  const auto attempts = static_cast<int>(target.retries) + 1;
  const nanoseconds pauses = probe::retry_pause(target.interval) * (attempts - 1);
  const nanoseconds room = (target.interval - pauses) / attempts;
  if (draft.log.find(spot.path + ".timeout") == nullptr) {
    target.timeout = std::min(target.timeout, room);
  } else if (target.timeout > room) {
    draft.log.add(spot, "must not have a timeout longer than its interval" +
                            (attempts == 1 ? ""
                                           : " has room for with " + std::to_string(target.retries) +
                                                 " retries and a pause before each: " + format_duration(room)));
  }
}

void check_needs(Draft& draft, const Spot& spot) {
  const probe::ProbeTarget& target = draft.probe;
  const auto has = [&](const char* key) { return draft.log.find(spot.path + key) != nullptr; };
  if (target.kind == ProbeKind::kDns && target.dns.query.empty() && !has(".query")) {
    draft.log.add(spot, "needs query, the name to ask for");
  }
  const bool has_odd_number = !target.database.database.empty() && !parse_whole_number(target.database.database);
  if (target.kind == ProbeKind::kRedis && has_odd_number) {
    draft.log.add(spot, "must have the number of a database: Redis has no names for them");
  }
  if (has(".password_file") && has(".password_env")) {
    draft.log.add(spot, "has password_file and password_env: keep exactly one");
  }
  const bool has_password = has(".password_file") || has(".password_env");
  if (has_password && !has(".user") && target.kind != ProbeKind::kRedis)
    draft.log.add(spot, "has a password without a user");
}

}  // namespace

void check_probe(Draft& draft, const Spot& spot) {
  const probe::ProbeTarget& target = draft.probe;
  if (target.name.size() > kMostNameBytes || !is_plain_key(target.name)) {
    draft.log.add(spot, "must have a name of at most 64 letters, digits, '_', '-' and '.'");
  }
  if (has_one_kind(draft, spot)) {
    check_scopes(draft, spot);
    check_needs(draft, spot);
  }
  check_times(draft, spot);
  if (draft.config.probes.size() == kMostProbes) {
    draft.log.add(spot, "is one too many: there may be " + std::to_string(kMostProbes));
  }
}

}  // namespace sonde::config
