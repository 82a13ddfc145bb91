#include "promql/script_runner.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "promql/at_variants.h"
#include "promql/case_check.h"
#include "promql/matching_labels.h"

namespace sonde::test {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::string_view kNativeHistogram = "native_histogram";
constexpr std::string_view kStartTimestamp = "start_timestamp";

/// The series of a script, with a note on those that are not what they are in Prometheus.
class ScriptSeries final : public promql::SeriesSource {
 public:
  void clear() {
    series_.clear();
    unlike_.clear();
  }

  void load(const LoadCommand& command) {
    for (const SeriesLine& line : command.series) {
      load_line(line, command.step_ms);
      if (command.with_native_histograms) note_native(line.labels);
    }
    for (const store::Labels& labels : command.with_start_times) unlike_.emplace_back(labels, kStartTimestamp);
  }

  [[nodiscard]] Result<std::vector<std::unique_ptr<store::SeriesView>>> select(
      const store::Selection& selection) const override {
    for (const auto& [labels, kind] : unlike_) {
      if (SONDE_TRY(matches(labels, selection.matchers))) touched_ = kind;
    }
    return series_.select(selection);
  }

  /// The kind of the series that was selected since forget_touched(), if it is one of those.
  [[nodiscard]] std::optional<std::string_view> touched() const { return touched_; }

  void forget_touched() { touched_.reset(); }

 private:
  void load_line(const SeriesLine& line, std::int64_t step_ms) {
    std::vector<store::Sample> samples;
    for (std::size_t index = 0; index < line.points.size(); ++index) {
      const Point& point = line.points[index];
      const std::int64_t at_ms = step_ms * static_cast<std::int64_t>(index);
      if (point.kind == PointKind::kValue) samples.push_back(store::Sample{at_ms, point.value});
    }
    const bool native = std::any_of(line.points.begin(), line.points.end(),
                                    [](const Point& point) { return point.kind == PointKind::kNativeHistogram; });
    if (native) unlike_.emplace_back(line.labels, kNativeHistogram);
    if (!samples.empty()) series_.add(line.labels, samples);
  }

  /// Of `x_bucket`, `x_count` and `x_sum`, a native histogram `x` is loaded.
  void note_native(store::Labels labels) {
    for (measure::Label& label : labels) {
      if (label.name != store::kNameLabel) continue;
      for (const std::string_view ending : {"_bucket", "_count", "_sum"}) {
        if (label.value.ends_with(ending)) label.value.resize(label.value.size() - ending.size());
      }
    }
    std::erase_if(labels, [](const measure::Label& label) { return label.name == "le"; });
    unlike_.emplace_back(std::move(labels), kNativeHistogram);
  }

  MemorySeries series_;
  std::vector<std::pair<store::Labels, std::string_view>> unlike_;
  mutable std::optional<std::string_view> touched_;
};

/// One way to ask what a command asks.
struct Question {
  std::string expression;
  std::int64_t at_ms = 0;
};

class ScriptRunner {
 public:
  explicit ScriptRunner(const SkipList& skips) : skips_(skips) {}

  void run(const Command& command) {
    switch (command.kind) {
      case CommandKind::kClear:
        series_.clear();
        return;
      case CommandKind::kLoad:
        series_.load(command.load);
        return;
      case CommandKind::kEval:
        note(command, run_case(command.eval));
        return;
      case CommandKind::kBroken:
        note_broken(command);
        return;
    }
  }

  ScriptReport take() { return std::move(report_); }

 private:
  using Outcome = std::pair<CaseOutcome, std::string>;

  void note(const Command& command, const Outcome& outcome) {
    const auto& [kind, text] = outcome;
    report_.passed += kind == CaseOutcome::kPassed ? 1U : 0U;
    report_.failed += kind == CaseOutcome::kFailed ? 1U : 0U;
    report_.skipped += kind == CaseOutcome::kSkipped ? 1U : 0U;
    if (kind == CaseOutcome::kPassed) return;
    report_.notes.push_back(CaseReport{command.line, command.eval.expression, kind, text});
  }

  void note_broken(const Command& command) {
    if (!command.was_eval) {
      report_.broken_lines.push_back(std::to_string(command.line) + ": " + command.error);
      return;
    }
    const std::string& lines = command.eval.lines;
    const auto reason = skips_.reason_for(lines.substr(0, lines.find('\n')), lines);
    note(command, reason ? Outcome{CaseOutcome::kSkipped, *reason} : Outcome{CaseOutcome::kFailed, command.error});
  }

  Outcome run_case(const EvalCommand& eval) {
    if (const auto reason = skips_.reason_for(eval.expression, eval.lines)) return {CaseOutcome::kSkipped, *reason};
    series_.forget_touched();
    const std::optional<std::string> fault = eval.step_ms > 0 ? check_range(eval) : check_instants(eval);
    const auto reason = fault ? skips_.reason_for_error(*fault) : std::nullopt;
    if (reason) return {CaseOutcome::kSkipped, *reason};
    if (const auto kind = series_.touched()) return {CaseOutcome::kSkipped, skips_.reason_for_series(*kind)};
    return fault ? Outcome{CaseOutcome::kFailed, *fault} : Outcome{CaseOutcome::kPassed, ""};
  }

  std::optional<std::string> check_range(const EvalCommand& eval) {
    const promql::QueryRequest request{eval.expression, eval.start_ms, eval.end_ms, eval.step_ms};
    const auto answer = engine_.run(request);
    return answer ? check_answer(eval, *answer) : check_error(eval, answer.error());
  }

  std::optional<std::string> check_instants(const EvalCommand& eval) {
    std::vector<Question> questions{Question{eval.expression, eval.start_ms}};
    for (AtVariant& variant : at_variants(eval.expression, eval.start_ms)) {
      questions.push_back(Question{std::move(variant.expression), variant.at_ms});
    }
    for (const Question& question : questions) {
      if (auto fault = check_instant(eval, question)) {
        return *fault + " (asked for " + question.expression + " at " + std::to_string(question.at_ms) + ")";
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> check_instant(const EvalCommand& eval, const Question& question) {
    const auto answer = engine_.run(promql::QueryRequest{question.expression, question.at_ms, question.at_ms, 0});
    if (!answer) return check_error(eval, answer.error());
    EvalCommand wanted = eval;
    wanted.start_ms = question.at_ms;
    if (auto fault = check_answer(wanted, *answer)) return fault;
    const bool vector =
        answer->value.type == promql::ValueType::kScalar || answer->value.type == promql::ValueType::kVector;
    if (!vector || eval.ordered) return std::nullopt;
    return check_around(wanted, question, answer->value.type);
  }

  /// The same query over a range has the same values in its midst.
  std::optional<std::string> check_around(const EvalCommand& eval, const Question& question, promql::ValueType type) {
    const promql::QueryRequest request{question.expression, question.at_ms - kMinuteMs, question.at_ms + kMinuteMs,
                                       kMinuteMs};
    // `@ start()` and `@ end()` mean something else in a range.
    if (question.expression.find("start()") != std::string::npos ||
        question.expression.find("end()") != std::string::npos) {
      return std::nullopt;
    }
    const auto answer = engine_.run(request);
    if (!answer) return "in a range: got the error: " + answer.error().what;
    promql::QueryValue middle{type, {}, {}};
    for (const promql::ResultSeries& series : answer->value.series) {
      for (const store::Sample& sample : series.samples) {
        if (sample.at_ms == question.at_ms) middle.series.push_back(promql::ResultSeries{series.labels, {sample}});
      }
    }
    auto fault = check_value(eval, middle);
    return fault ? std::optional("in a range: " + *fault) : std::nullopt;
  }

  const SkipList& skips_;
  ScriptSeries series_;
  SystemClock clock_;
  promql::Engine engine_{promql::EngineOptions{}, series_, clock_};
  ScriptReport report_;
};

}  // namespace

ScriptReport run_script(const std::vector<Command>& commands, const SkipList& skips) {
  ScriptRunner runner(skips);
  for (const Command& command : commands) runner.run(command);
  return runner.take();
}

}  // namespace sonde::test
