#pragma once

#include <string_view>

#include "base/yaml_document.h"
#include "rules/fault_list.h"
#include "rules/language.h"
#include "rules/types.h"

namespace sonde::rules {

/// What the names of Sonde's own annotations begin with.
inline constexpr std::string_view kSettingPrefix = "sonde_";

/// Reads an annotation whose name begins with kSettingPrefix into the rule's judgement.
void read_setting(const Node& name, const Node& value, Rule& rule, FaultList& faults, const Language& language);

/// What only the whole rule can be wrong in: a clear threshold on the wrong side of the rule's own.
void check_settings(const Rule& rule, Position at, FaultList& faults, const Language& language);

}  // namespace sonde::rules
