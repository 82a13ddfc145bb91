#include "oncall/plan_names.h"

#include <algorithm>
#include <string_view>

#include "base/nearest_word.h"

namespace sonde::oncall {

Result<> check_known(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
  if (std::ranges::find(known, name) != known.end()) return Ok{};
  const std::string_view meant = nearest_word(name, known);
  return Error{Code::kBadInput,
               "there is no " + what + " '" + name + "'" +
                   (meant.empty() ? ": name one that is there" : ", did you mean '" + std::string(meant) + "'?")};
}

std::vector<std::string> people_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const Person& person : plan.people) names.push_back(person.name);
  return names;
}

std::vector<std::string> schedules_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const Schedule& schedule : plan.schedules) names.push_back(schedule.name);
  return names;
}

Result<> check_names(const std::string& what, std::vector<std::string> names) {
  std::ranges::sort(names);
  if (!names.empty() && names.front().empty()) return Error{Code::kBadInput, "every " + what + " needs a name"};
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return Ok{};
  return Error{Code::kBadInput,
               "there is more than one " + what + " called '" + *twice + "': every one needs its own name"};
}

}  // namespace sonde::oncall
