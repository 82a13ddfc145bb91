#include "alerts/rule_catalog.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <string_view>

#include "base/fnv1a.h"

namespace sonde::alerts {
namespace {

/// Of fields that cannot run into each other.
class Fingerprint {
 public:
  void add(std::string_view text) {
    hash_.add(text);
    add(text.size());
  }

  void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) hash_.add(static_cast<unsigned char>(number >> shift));
  }

  void add(std::chrono::nanoseconds duration) { add(static_cast<std::uint64_t>(duration.count())); }

  [[nodiscard]] std::uint64_t value() const { return hash_.value(); }

 private:
  Fnv1a hash_;
};

/// PromQL without comments, white space as single blanks; what is in quotes stays.
std::string plain(std::string_view expression) {
  std::string text;
  char quote = 0;
  bool blank = false;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char letter = expression[at];
    if (quote == 0 && letter == '#') {
      at = std::min(expression.find('\n', at), expression.size()) - 1;
      continue;
    }
    if (quote == 0 && std::isspace(static_cast<unsigned char>(letter))) {
      blank = true;
      continue;
    }
    if (blank && !text.empty()) text += ' ';
    blank = false;
    text += letter;
    if (quote != 0 && letter == '\\' && quote != '`' && at + 1 < expression.size()) text += expression[++at];
    if (quote == 0 && (letter == '"' || letter == '\'' || letter == '`')) {
      quote = letter;
    } else if (letter == quote) {
      quote = 0;
    }
  }
  return text;
}

void add_judgement(Fingerprint& fingerprint, const rules::Judgement& judgement) {
  for (const std::string* text :
       {&judgement.clear, &judgement.needed, &judgement.insufficient, &judgement.contradicted_by}) {
    fingerprint.add(plain(*text));
  }
  fingerprint.add(judgement.breaches);
  fingerprint.add(judgement.clears);
  fingerprint.add(static_cast<std::uint64_t>(judgement.no_data));
  fingerprint.add(judgement.no_data_for);
  fingerprint.add(std::bit_cast<std::uint64_t>(judgement.coverage.value_or(-1)));
}

}  // namespace

std::uint64_t revision_of(const rules::Rule& rule) {
  Fingerprint fingerprint;
  fingerprint.add(rule.alert);
  fingerprint.add(plain(rule.expression));
  fingerprint.add(rule.hold);
  fingerprint.add(rule.keep_firing_for);
  auto labels = rule.labels;
  std::ranges::sort(labels, {}, &measure::Label::name);
  for (const measure::Label& label : labels) {
    fingerprint.add(label.name);
    fingerprint.add(label.value);
  }
  add_judgement(fingerprint, rule.judgement);
  return fingerprint.value();
}

RuleCatalog catalogue(const std::vector<rules::Group>& groups) {
  RuleCatalog catalog;
  for (const rules::Group& group : groups) {
    for (const rules::Rule& rule : group.rules) {
      if (!rule.alert.empty()) catalog[rule.uid] = CataloguedRule{rule, group.interval, revision_of(rule)};
    }
  }
  return catalog;
}

}  // namespace sonde::alerts
