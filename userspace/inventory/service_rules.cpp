#include "inventory/service_rules.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "inventory/service_name.h"

namespace sonde::inventory {
namespace {

constexpr std::size_t kMinContainerPrefix = 12;

bool can_match(const ServiceRule& rule) {
  if (rule.container && rule.container->size() < kMinContainerPrefix) return false;
  return rule.executable || rule.process || rule.cgroup || rule.container || rule.port;
}

bool allows(const std::optional<std::string>& pattern, std::string_view fact) {
  return !pattern || (!fact.empty() && matches_pattern(*pattern, fact));
}

bool allows_executable(const std::optional<std::string>& pattern, std::string_view executable) {
  const bool whole_path = pattern && pattern->find('/') != std::string::npos;
  return allows(pattern, whole_path ? executable : executable.substr(executable.rfind('/') + 1));
}

bool allows_container(const std::optional<std::string>& prefix, std::string_view id) {
  return !prefix || id.starts_with(*prefix);
}

bool allows_port(std::optional<std::uint16_t> port, std::uint16_t local_port) {
  return !port || (local_port != 0 && *port == local_port);
}

bool matches(const ServiceRule& rule, const ProcessFacts& facts) {
  return allows_executable(rule.executable, facts.executable) && allows(rule.process, facts.process_name) &&
         allows(rule.cgroup, facts.cgroup_path) && allows_container(rule.container, facts.container_id) &&
         allows_port(rule.port, facts.local_port);
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) noexcept {
  std::size_t at = 0;
  std::size_t next = 0;
  std::size_t after_star = std::string_view::npos;  // where the pattern goes on behind the last `*`
  std::size_t star_end = 0;                         // up to where that `*` has eaten the text
  while (next < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      star_end = next;
    } else if (at < pattern.size() && pattern[at] == text[next]) {
      ++at;
      ++next;
    } else if (after_star != std::string_view::npos) {
      at = after_star;
      next = ++star_end;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

ServiceRules::ServiceRules(std::vector<ServiceRule> rules) : rules_(std::move(rules)) {
  std::erase_if(rules_, [](const ServiceRule& rule) { return !can_match(rule); });
  for (ServiceRule& rule : rules_) {
    rule.name = to_service_name(rule.name);
    use_executable_ |= rule.executable.has_value();
    use_process_name_ |= rule.process.has_value();
    use_port_ |= rule.port.has_value();
  }
}

const std::string* ServiceRules::name_for(const ProcessFacts& facts) const {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const auto& each) { return matches(each, facts); });
  return rule == rules_.end() ? nullptr : &rule->name;
}

}  // namespace sonde::inventory
