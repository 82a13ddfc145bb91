#include <algorithm>
#include <string>
#include <string_view>

#include "templates/functions.h"
#include "templates/rune.h"

namespace sonde::templates {
namespace {

template <class Map>
Answer map_runes(std::string_view text, Map map) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    append_rune(out, map(rune.value));
    text.remove_prefix(rune.bytes);
  }
  if (out.size() > kTemplateLimits.output_bytes) return Complaint{"the text becomes too long"};
  return make_text(std::move(out));
}

/// What Go's strings.Title takes for the space between words.
bool separates(char32_t rune) {
  if (rune < 0x80) return rune != U'_' && !is_letter_or_digit(rune);
  return !is_letter_or_digit(rune) && is_space(rune);
}

}  // namespace

Answer run_title(const CallContext&, Arguments arguments) {
  char32_t before = U' ';
  return map_runes(text_of(arguments.front()), [&](char32_t rune) {
    const bool begins = separates(std::exchange(before, rune));
    return begins ? to_upper(rune) : rune;
  });
}

Answer run_to_upper(const CallContext&, Arguments arguments) {
  return map_runes(text_of(arguments.front()), &to_upper);
}

Answer run_to_lower(const CallContext&, Arguments arguments) {
  return map_runes(text_of(arguments.front()), &to_lower);
}

Answer run_safe_html(const CallContext&, Arguments arguments) { return arguments.front(); }

Answer run_trim_space(const CallContext&, Arguments arguments) {
  const std::string& text = text_of(arguments.front());
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = decode_rune(std::string_view(text).substr(at));
    if (!is_space(rune.value)) {
      begin = std::min(begin, at);
      end = at + rune.bytes;
    }
    at += rune.bytes;
  }
  return make_text(end == 0 ? "" : text.substr(begin, end - begin));
}

Answer run_string_slice(const CallContext&, Arguments arguments) {
  List list{ListKind::kStrings, {arguments.begin(), arguments.end()}};
  return Value{std::make_shared<const List>(std::move(list))};
}

Answer run_join(const CallContext&, Arguments arguments) {
  const List& list = **arguments[1].as<std::shared_ptr<const List>>();
  std::string out;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) out += text_of(arguments[0]);
    out += text_of(list.items[i]);
    if (out.size() > kTemplateLimits.output_bytes) return Complaint{"the text becomes too long"};
  }
  return make_text(std::move(out));
}

}  // namespace sonde::templates
