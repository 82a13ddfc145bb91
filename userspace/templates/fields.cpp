#include "templates/fields.h"

#include <array>
#include <cstdlib>
#include <span>

#include "base/nearest_word.h"

namespace sonde::templates {
namespace {

constexpr std::array<std::string_view, 4> kRootFields{"Labels", "ExternalLabels", "ExternalURL", "Value"};
constexpr std::array<std::string_view, 2> kSampleFields{"Labels", "Value"};

Complaint unknown(const Value& value, const std::string& name, std::span<const std::string_view> known) {
  std::string text = "can't evaluate field " + name + " in type " + std::string(type_name(value));
  const std::string_view near = nearest_word(name, known);
  if (!near.empty()) text += "; did you mean ." + std::string(near) + "?";
  return {std::move(text)};
}

Answer root_field(const Value& value, const std::string& name) {
  const Root& root = **value.as<std::shared_ptr<const Root>>();
  if (name == "Labels") return Value{root.labels};
  if (name == "ExternalLabels") return Value{root.external_labels};
  if (name == "ExternalURL") return Value{root.external_url};
  if (name == "Value") return Value{root.value};
  return unknown(value, name, kRootFields);
}

Answer sample_field(const Value& value, const std::string& name) {
  const Sample& sample = **value.as<std::shared_ptr<const Sample>>();
  if (name == "Labels") return Value{sample.labels};
  if (name == "Value") return Value{sample.value};
  return unknown(value, name, kSampleFields);
}

}  // namespace

Answer field_of(const Value& value, const std::string& name, bool called) {
  const Kind kind = value.kind();
  const bool has_fields = kind == Kind::kRoot || kind == Kind::kSample;
  if (called && has_fields) return Complaint{name + " has arguments but cannot be invoked as function"};
  if (called && kind != Kind::kNil) return Complaint{name + " is not a method but has arguments"};
  switch (kind) {
    case Kind::kNil:
      return Value{};
    case Kind::kRoot:
      return root_field(value, name);
    case Kind::kSample:
      return sample_field(value, name);
    case Kind::kStringMap: {
      const StringMap& map = **value.as<Labels>();
      const auto found = map.find(name);
      return make_text(found == map.end() ? "" : found->second);
    }
    case Kind::kValueMap: {
      const auto& entries = (*value.as<std::shared_ptr<const ValueMap>>())->entries;
      const auto found = entries.find(name);
      return found == entries.end() ? Value{} : found->second;
    }
    case Kind::kBool:
    case Kind::kInteger:
    case Kind::kFloat:
    case Kind::kText:
    case Kind::kList:
    case Kind::kDuration:
    case Kind::kMoment:
      return unknown(value, name, {});
  }
  std::abort();
}

}  // namespace sonde::templates
