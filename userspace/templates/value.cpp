#include "templates/value.h"

#include <array>
#include <cstdlib>

namespace sonde::templates {
namespace {

constexpr std::array<std::string_view, kKinds> kTypeNames{
    "<nil>",
    "bool",
    "int",
    "float64",
    "string",
    "template.queryResult",
    "map[string]string",
    "map[string]interface {}",
    "*template.sample",
    "*time.Duration",
    "*time.Time",
    "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value float64 }",
};
static_assert(std::variant_size_v<decltype(Value::held)> == kKinds, "every Kind is one alternative");

}  // namespace

std::string_view type_name(const Value& value) {
  const auto* list = value.as<std::shared_ptr<const List>>();
  if (list != nullptr && (*list)->kind == ListKind::kStrings) return "[]string";
  return kTypeNames[value.held.index()];
}

bool is_true(const Value& value) {
  switch (value.kind()) {
    case Kind::kNil:
      return false;
    case Kind::kBool:
      return *value.as<bool>();
    case Kind::kInteger:
      return *value.as<std::int64_t>() != 0;
    case Kind::kFloat:
      return *value.as<double>() != 0;
    case Kind::kText:
      return !text_of(value).empty();
    case Kind::kList:
      return !(*value.as<std::shared_ptr<const List>>())->items.empty();
    case Kind::kStringMap:
      return !(*value.as<Labels>())->empty();
    case Kind::kValueMap:
      return !(*value.as<std::shared_ptr<const ValueMap>>())->entries.empty();
    case Kind::kSample:
    case Kind::kDuration:
    case Kind::kMoment:
    case Kind::kRoot:
      return true;
  }
  std::abort();
}

std::size_t depth_of(const Value& value) {
  const auto* map = value.as<std::shared_ptr<const ValueMap>>();
  return map == nullptr ? 0 : (*map)->depth;
}

}  // namespace sonde::templates
