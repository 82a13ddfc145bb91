#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// "there is no person 'anne', did you mean 'ann'?"  errors: kBadInput, which is what this is for.
Result<> check_known(const std::string& what, const std::string& name, const std::vector<std::string>& known);

std::vector<std::string> people_of(const Plan& plan);
std::vector<std::string> schedules_of(const Plan& plan);

/// errors: kBadInput for a name that is empty or comes twice.
Result<> check_names(const std::string& what, std::vector<std::string> names);

}  // namespace sonde::oncall
