#include <cstdint>
#include <optional>
#include <string>

#include "templates/functions.h"

namespace sonde::templates {
namespace {

/// How many elements, or bytes of a text; nothing if it has no length.
std::optional<std::size_t> length_of(const Value& value) {
  if (value.kind() == Kind::kText) return text_of(value).size();
  if (const auto* list = value.as<std::shared_ptr<const List>>()) return (*list)->items.size();
  if (const auto* labels = value.as<Labels>()) return (*labels)->size();
  if (const auto* map = value.as<std::shared_ptr<const ValueMap>>()) return (*map)->entries.size();
  return std::nullopt;
}

Expected<std::size_t, Complaint> position(const Value& index, std::size_t limit) {
  const auto* at = index.as<std::int64_t>();
  if (index.kind() == Kind::kNil) return Complaint{"cannot index slice/array with nil"};
  if (at == nullptr) return Complaint{"cannot index slice/array with type " + std::string(type_name(index))};
  if (*at < 0 || static_cast<std::uint64_t>(*at) >= limit) {
    return Complaint{"index out of range: " + std::to_string(*at)};
  }
  return static_cast<std::size_t>(*at);
}

Expected<std::string, Complaint> key(const Value& index) {
  if (index.kind() == Kind::kText) return text_of(index);
  if (index.kind() == Kind::kNil) return Complaint{"value is nil; should be of type string"};
  return Complaint{"value has type " + std::string(type_name(index)) + "; should be string"};
}

Answer element(const Value& of, const Value& index) {
  if (of.kind() == Kind::kText) {
    const std::string& text = text_of(of);
    const std::size_t at = SONDE_TRY(position(index, text.size()));
    return Value{static_cast<std::int64_t>(static_cast<unsigned char>(text[at]))};
  }
  if (const auto* list = of.as<std::shared_ptr<const List>>()) {
    return (*list)->items[SONDE_TRY(position(index, (*list)->items.size()))];
  }
  if (const auto* labels = of.as<Labels>()) {
    const auto found = (*labels)->find(SONDE_TRY(key(index)));
    return make_text(found == (*labels)->end() ? "" : found->second);
  }
  if (const auto* map = of.as<std::shared_ptr<const ValueMap>>()) {
    const auto found = (*map)->entries.find(SONDE_TRY(key(index)));
    return found == (*map)->entries.end() ? Value{} : found->second;
  }
  if (of.kind() == Kind::kNil) return Complaint{"index of untyped nil"};
  return Complaint{"can't index item of type " + std::string(type_name(of))};
}

}  // namespace

Answer run_length(const CallContext&, Arguments arguments) {
  const Value& value = arguments.front();
  if (value.kind() == Kind::kNil) return Complaint{"len of nil pointer"};
  const auto length = length_of(value);
  if (!length) return Complaint{"len of type " + std::string(type_name(value))};
  return Value{static_cast<std::int64_t>(*length)};
}

Answer run_index(const CallContext&, Arguments arguments) {
  Value value = arguments.front();
  for (const Value& index : arguments.subspan(1)) value = SONDE_TRY(element(value, index));
  return value;
}

Answer run_slice(const CallContext&, Arguments arguments) {
  const Value& value = arguments.front();
  const auto* list = value.as<std::shared_ptr<const List>>();
  if (value.kind() == Kind::kNil) return Complaint{"slice of untyped nil"};
  if (list == nullptr && value.kind() != Kind::kText) {
    return Complaint{"can't slice item of type " + std::string(type_name(value))};
  }
  if (arguments.size() > 4) {
    return Complaint{"too many slice indexes: " + std::to_string(arguments.size() - 1)};
  }
  if (arguments.size() == 4 && list == nullptr) return Complaint{"cannot 3-index slice a string"};
  const std::size_t length = *length_of(value);
  std::size_t begin = 0;
  std::size_t end = length;
  if (arguments.size() > 1) begin = SONDE_TRY(position(arguments[1], length + 1));
  if (arguments.size() > 2) end = SONDE_TRY(position(arguments[2], length + 1));
  if (begin > end) {
    return Complaint{"invalid slice index: " + std::to_string(begin) + " > " + std::to_string(end)};
  }
  if (list == nullptr) return make_text(text_of(value).substr(begin, end - begin));
  List part{(*list)->kind, {}};
  for (std::size_t i = begin; i < end; ++i) part.items.push_back((*list)->items[i]);
  return Value{std::make_shared<const List>(std::move(part))};
}

Answer run_call(const CallContext&, Arguments arguments) {
  const Value& value = arguments.front();
  if (value.kind() == Kind::kNil) return Complaint{"call of nil"};
  return Complaint{"non-function of type " + std::string(type_name(value))};
}

}  // namespace sonde::templates
