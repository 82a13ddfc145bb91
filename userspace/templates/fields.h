#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/function.h"
#include "templates/value.h"

namespace sonde::templates {

/// `.name` of a value: a field, or the entry of a map.
/// errors: there is none of that name; `called`, but no field of a template's values takes arguments.
Answer field_of(const Value& value, const std::string& name, bool called);

}  // namespace sonde::templates
