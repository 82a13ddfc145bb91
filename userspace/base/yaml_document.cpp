#include "base/yaml_document.h"

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "base/utf8.h"

namespace sonde {
namespace {

// The schema is six levels deep. The parser recurses once per level and the tree is freed recursively.
constexpr std::size_t kMaxDepth = 32;
// A few nested aliases can stand for billions of values.
constexpr std::size_t kMaxValues = 100'000;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Translation {
  std::string_view parser_says;
  std::string_view we_say;
};

const std::array kTranslations{
    Translation{YAML::ErrorMsg::MAP_VALUE,
                "a ':' does not fit here: check the indentation (spaces, never tabs) and quote texts that hold ': '"},
    Translation{YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab indents this line: use spaces"},
    Translation{YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot start with this character: put the value in quotes"},
    Translation{YAML::ErrorMsg::END_OF_SEQ_FLOW, "a list opened with '[' should be closed with ']' before this"},
    Translation{YAML::ErrorMsg::END_OF_MAP_FLOW, "a mapping opened with '{' should be closed with '}' before this"},
    Translation{YAML::ErrorMsg::END_OF_SEQ, "this does not belong to the list around it: check indentation and quotes"},
    Translation{YAML::ErrorMsg::END_OF_MAP,
                "this does not belong to the mapping around it: check indentation and quotes"},
    Translation{YAML::ErrorMsg::FLOW_END, "this closing bracket was never opened"},
    Translation{YAML::ErrorMsg::UNKNOWN_ANCHOR, "this alias has no anchor: define it further up as '&NAME value'"},
    Translation{YAML::ErrorMsg::INVALID_ESCAPE,
                "no such escape in double quotes: write '\\\\' for a backslash, or use single quotes"},
};

/// The parser's message in our words. What follows its first ": " is text of the file, perhaps a secret: left out.
std::string translate(const std::string& message) {
  for (const Translation& row : kTranslations) {
    if (message.starts_with(row.parser_says)) return std::string(row.we_say);
  }
  return "not valid YAML: " + message.substr(0, message.find(": "));
}

/// What the tree refuses, in our own words already. It leaves through the parser, which only lets exceptions pass.
struct Refusal : YAML::ParserException {
  using ParserException::ParserException;
};

Position position_of(const YAML::Mark& mark) { return Position{mark.line + 1, mark.column + 1}; }

Position position_of(std::string_view text, std::size_t offset) {
  Position at{1, 1};
  for (const char byte : text.substr(0, offset)) {
    at = byte == '\n' ? Position{at.line + 1, 1} : Position{at.line, at.column + 1};
  }
  return at;
}

/// Builds the tree out of the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {}

  [[nodiscard]] NodePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!seen_document_) {
      seen_document_ = true;
      return;
    }
    // After the root value the parser takes any leftover for a further document.
    const bool marked = text_from(mark).starts_with("---");
    throw Refusal(mark, marked ? "a second document starts here: one file holds one configuration"
                               : "this stands outside the value above: check its indentation");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add_leaf(mark, anchor, {}); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refusal(mark, "an alias cannot stand inside the value it names");
    add(mark, found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_open_quote(mark);
    Node node;
    node.kind = NodeKind::kScalar;
    node.tagged = is_explicit(tag);
    node.text = value;
    add_leaf(mark, anchor, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, NodeKind::kSequence, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, NodeKind::kMapping, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    NodePtr key;  ///< of a mapping, while its value is awaited
  };

  static bool is_explicit(const std::string& tag) { return !tag.empty() && tag != "?" && tag != "!"; }

  [[nodiscard]] std::string_view text_from(const YAML::Mark& mark) const {
    const auto offset = static_cast<std::size_t>(mark.pos);
    return offset < text_.size() ? text_.substr(offset) : std::string_view{};
  }

  void open(const YAML::Mark& mark, NodeKind kind, const std::string& tag, YAML::anchor_t anchor) {
    if (levels_.size() >= kMaxDepth) throw Refusal(mark, "nested too deeply for a configuration");
    Node node;
    node.kind = kind;
    node.at = position_of(mark);
    node.tagged = is_explicit(tag);
    levels_.push_back(Level{std::move(node), mark, anchor, nullptr});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    name_and_add(level.mark, level.anchor, std::move(level.node));
  }

  void add_leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    node.at = position_of(mark);
    name_and_add(mark, anchor, std::move(node));
  }

  void name_and_add(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    auto finished = std::make_shared<const Node>(std::move(node));
    if (anchor != YAML::NullAnchor) anchors_[anchor] = finished;
    add(mark, std::move(finished));
  }

  void add(const YAML::Mark& mark, NodePtr node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    level.node.value_count += node->value_count;
    if (level.node.value_count > kMaxValues) {
      throw Refusal(mark, "more than 100000 values, aliases included: too many for a configuration");
    }
    if (level.node.kind == NodeKind::kSequence) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key) {
      level.key = std::move(node);
    } else {
      level.node.entries.push_back(Entry{std::exchange(level.key, nullptr), std::move(node)});
    }
  }

  // yaml-cpp takes the end of the file for the end of a quoted text, which then swallows everything after it.
  void refuse_open_quote(const YAML::Mark& mark) const {
    std::string_view rest = text_from(mark);
    while (rest.starts_with('&') || rest.starts_with('!')) {
      rest.remove_prefix(std::min(rest.find_first_of(" \t\r\n"), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    }
    if (!rest.starts_with('"') && !rest.starts_with('\'')) return;
    const char quote = rest.front();
    for (std::size_t i = 1; i < rest.size(); ++i) {
      const bool escape = quote == '"' ? rest[i] == '\\' : rest.substr(i).starts_with("''");
      if (escape) {
        ++i;
      } else if (rest[i] == quote) {
        return;
      }
    }
    throw Refusal(mark, "the quote that opens here is never closed");
  }

  std::string_view text_;
  bool seen_document_ = false;
  NodePtr root_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, NodePtr> anchors_;
};

/// What YAML 1.2 (5.1, character set) forbids. yaml-cpp would take U+0004 for the end of the file and ignore the rest.
std::optional<SyntaxFault> refuse_bytes(std::string_view text) {
  if (text.size() > kMaxFileBytes) return SyntaxFault{{}, "larger than 1 MiB: too large for a configuration"};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool allowed = byte >= 0x20 ? byte != 0x7F : byte == '\t' || byte == '\n' || byte == '\r';
    if (!allowed) return SyntaxFault{position_of(text, i), "a control character: remove it, or escape it in quotes"};
  }
  if (is_valid_utf8(text)) return std::nullopt;
  int line = 1;
  for (std::size_t start = 0; start < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (!is_valid_utf8(text.substr(start, end - start))) break;
    start = end + 1;
  }
  return SyntaxFault{{line, 1}, "this line is not UTF-8: save the file as UTF-8"};
}

}  // namespace

Expected<NodePtr, SyntaxFault> parse_document(std::string_view text) {
  if (auto fault = refuse_bytes(text)) return *std::move(fault);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(text);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.root() ? builder.root() : std::make_shared<const Node>();
  } catch (const Refusal& refusal) {
    return SyntaxFault{position_of(refusal.mark), refusal.msg};
  } catch (const YAML::Exception& problem) {
    const Position at = problem.mark.is_null() ? Position{} : position_of(problem.mark);
    return SyntaxFault{at, translate(problem.msg)};
  } catch (const std::exception&) {
    return SyntaxFault{{}, "not valid YAML: the parser gave up"};
  }
}

}  // namespace sonde
