#include "templates/parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "templates/lexer.h"
#include "templates/literal.h"
#include "templates/pipeline_parser.h"
#include "templates/rune.h"

namespace sonde::templates {
namespace {

bool is_empty(const Body& body) {
  return std::all_of(body.begin(), body.end(), [](const Node& node) {
    return node.kind == NodeKind::kText && node.text.find_first_not_of(" \t\r\n") == std::string::npos;
  });
}

Node node_of(NodeKind kind, std::size_t at) {
  Node node;
  node.kind = kind;
  node.at = at;
  return node;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : inside_(std::move(tokens)) {}

  Expected<Program, Fault> run() {
    program_.body = SONDE_TRY(body());
    const Token& token = inside_.peek();
    if (token.kind == TokenKind::kEnd) return std::move(program_);
    return Fault{token.at, "unexpected {{" + std::string(inside_.peek(1).text) + "}}: no block is open here"};
  }

 private:
  [[nodiscard]] bool at_word(std::string_view word, std::size_t ahead = 0) const {
    const Token& token = inside_.peek(ahead);
    return token.kind == TokenKind::kWord && token.text == word;
  }

  /// Up to the end of the text, or the {{end}} or {{else}} behind it, which stays.
  Expected<Body, Fault> body() {
    Body made;
    while (inside_.peek().kind != TokenKind::kEnd) {
      if (inside_.peek().kind == TokenKind::kText) {
        made.push_back(node_of(NodeKind::kText, inside_.peek().at));
        made.back().text = inside_.take().text;
        continue;
      }
      if (at_word("end", 1) || at_word("else", 1)) break;
      SONDE_TRY(action(made));
    }
    return made;
  }

  Expected<Ok, Fault> action(Body& made) {
    const std::size_t at = inside_.take().at;
    if (at_word("if") || at_word("with")) return add(made, condition(at));
    if (at_word("range")) return add(made, range(at));
    if (at_word("template")) return add(made, invocation(at));
    if (at_word("block")) return add(made, block(at));
    if (at_word("define")) return definition(at);
    if (at_word("break")) return add(made, jump(NodeKind::kBreak));
    if (at_word("continue")) return add(made, jump(NodeKind::kContinue));
    Node node = node_of(NodeKind::kAction, at);
    node.pipeline = std::make_unique<Pipeline>(SONDE_TRY(inside_.pipeline("command", false)));
    SONDE_TRY(inside_.take_close("command"));
    made.push_back(std::move(node));
    return Ok{};
  }

  static Expected<Ok, Fault> add(Body& made, Expected<Node, Fault> node) {
    if (!node) return std::move(node).error();
    made.push_back(*std::move(node));
    return Ok{};
  }

  /// `if` and `with`, with all their else branches.
  Expected<Node, Fault> condition(std::size_t at) {
    const Token keyword = inside_.take();
    const std::size_t variables = inside_.variable_count();
    SONDE_TRY(inside_.enter(at));
    Node made = node_of(NodeKind::kCondition, at);
    bool more = true;
    while (more) {
      Branch branch;
      branch.sets_dot = keyword.text == "with";
      branch.pipeline = std::make_unique<Pipeline>(SONDE_TRY(inside_.pipeline(keyword.text, false)));
      SONDE_TRY(inside_.take_close(keyword.text));
      branch.body = SONDE_TRY(body());
      made.branches.push_back(std::move(branch));
      const bool is_else = SONDE_TRY(end_or_else(at, keyword));
      more = is_else && at_word(keyword.text);
      if (more) inside_.take();
      if (is_else && !more) made.branches.push_back(SONDE_TRY(else_branch(at, keyword)));
    }
    inside_.leave();
    inside_.forget_variables(variables);
    return made;
  }

  Expected<Node, Fault> range(std::size_t at) {
    const Token keyword = inside_.take();
    const std::size_t variables = inside_.variable_count();
    SONDE_TRY(inside_.enter(at));
    Node made = node_of(NodeKind::kRange, at);
    Branch loop;
    loop.pipeline = std::make_unique<Pipeline>(SONDE_TRY(inside_.pipeline("range", true)));
    SONDE_TRY(inside_.take_close("range"));
    ++loops_;
    loop.body = SONDE_TRY(body());
    --loops_;
    made.branches.push_back(std::move(loop));
    if (SONDE_TRY(end_or_else(at, keyword))) made.branches.push_back(SONDE_TRY(else_branch(at, keyword)));
    inside_.leave();
    inside_.forget_variables(variables);
    return made;
  }

  /// True for {{else, whose end stays; {{end}} is taken whole.
  Expected<bool, Fault> end_or_else(std::size_t opened_at, const Token& keyword) {
    if (inside_.take().kind == TokenKind::kEnd) {
      return Fault{opened_at, "unexpected EOF: {{" + std::string(keyword.text) + "}} needs an {{end}}"};
    }
    const bool is_else = inside_.take().text == "else";
    if (!is_else) SONDE_TRY(inside_.take_close("end"));
    return is_else;
  }

  Expected<Branch, Fault> else_branch(std::size_t opened_at, const Token& keyword) {
    SONDE_TRY(inside_.take_close("else"));
    Branch branch;
    branch.body = SONDE_TRY(body());
    const std::size_t at = inside_.peek().at;
    if (!SONDE_TRY(end_or_else(opened_at, keyword))) return branch;
    return Fault{at, "expected end; found {{else}}: there is one already"};
  }

  Expected<Node, Fault> jump(NodeKind kind) {
    const Token keyword = inside_.take();
    const std::string name(keyword.text);
    if (loops_ == 0) return Fault{keyword.at, "{{" + name + "}} outside {{range}}"};
    SONDE_TRY(inside_.take_close(name));
    return node_of(kind, keyword.at);
  }

  Expected<std::string, Fault> name(std::string_view noun) {
    const Token token = inside_.take();
    auto text = token.kind == TokenKind::kString ? unquote(token.text) : std::nullopt;
    if (text) return *std::move(text);
    return Fault{token.at, "unexpected " + describe(token) + " in " + std::string(noun) + "; its name is a string"};
  }

  Expected<Node, Fault> invocation(std::size_t at) {
    inside_.take();
    Node made = node_of(NodeKind::kTemplate, at);
    made.text = SONDE_TRY(name("template clause"));
    if (inside_.peek().kind != TokenKind::kClose) {
      made.pipeline = std::make_unique<Pipeline>(SONDE_TRY(inside_.pipeline("template clause", false)));
    }
    SONDE_TRY(inside_.take_close("template clause"));
    return made;
  }

  Expected<Node, Fault> block(std::size_t at) {
    const Token keyword = inside_.take();
    Node made = node_of(NodeKind::kTemplate, at);
    made.text = SONDE_TRY(name("block clause"));
    made.pipeline = std::make_unique<Pipeline>(SONDE_TRY(inside_.pipeline("block clause", false)));
    SONDE_TRY(inside_.take_close("block clause"));
    SONDE_TRY(define(made.text, at, keyword));
    return made;
  }

  Expected<Ok, Fault> definition(std::size_t at) {
    const Token keyword = inside_.take();
    if (inside_.depth() > 0) return Fault{at, "unexpected {{define}}: it stands outside of all blocks"};
    const std::string defined = SONDE_TRY(name("define clause"));
    SONDE_TRY(inside_.take_close("define clause"));
    return define(defined, at, keyword);
  }

  /// The body of `define` and `block`, in which no variable of the outside is visible.
  Expected<Ok, Fault> define(const std::string& defined, std::size_t at, const Token& keyword) {
    SONDE_TRY(inside_.enter(at));
    const auto outer_loops = std::exchange(loops_, 0);
    auto outer_variables = inside_.swap_variables({"$"});
    Body made = SONDE_TRY(body());
    const std::size_t stop_at = inside_.peek().at;
    if (SONDE_TRY(end_or_else(at, keyword)))
      return Fault{stop_at, "unexpected {{else}} in " + std::string(keyword.text)};
    inside_.swap_variables(std::move(outer_variables));
    loops_ = outer_loops;
    inside_.leave();
    Body& known = program_.defined[defined];
    if (is_empty(made) && !known.empty()) return Ok{};
    if (!is_empty(known)) return Fault{at, "multiple definition of template " + quote(defined, false)};
    known = std::move(made);
    return Ok{};
  }

  PipelineParser inside_;
  Program program_;
  std::size_t loops_ = 0;  ///< that are open: break and continue need one
};

}  // namespace

Expected<Program, Fault> parse_program(std::string_view text) {
  if (text.size() > kTemplateLimits.text_bytes) {
    return Fault{0, "the template has " + std::to_string(text.size()) + " bytes; " +
                        std::to_string(kTemplateLimits.text_bytes) + " at most"};
  }
  return Parser(SONDE_TRY(cut(text))).run();
}

}  // namespace sonde::templates
