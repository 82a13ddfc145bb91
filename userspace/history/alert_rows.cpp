#include "history/alert_rows.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "base/fnv1a.h"
#include "history/json_fields.h"
#include "history/row_fields.h"

namespace sonde::history {
namespace {

// The tables of fields, for writing and reading alike. The structured bindings are there for the compiler to find the
// field that a table lacks.

template <class T, class Visit>
void visit_instance(T& instance, Visit&& visit) {
  auto& [uid, labels, subject, state, active_at, fired_at, keep_since, answered_at, uncounted, keep_factor, calm_since,
         breaches, clears, unanswered, missing, only_missing, data, value, why, annotations, revision] = instance;
  visit("state", state);
  visit("active_at", active_at);
  visit("fired_at", fired_at);
  visit("value", value);
  visit("why", why);
  visit("data", data);
  visit("keep_since", keep_since);
  visit("answered_at", answered_at);
  visit("uncounted_ns", uncounted);
  visit("keep_factor", keep_factor);
  visit("calm_since", calm_since);
  visit("breaches", breaches);
  visit("clears", clears);
  visit("unanswered", unanswered);
  visit("missing", missing);
  visit("only_missing", only_missing);
  visit("subject", subject);
  visit("annotations", annotations);
  visit("revision", revision);
}

template <class T, class Visit>
void visit_standing(T& standing, Visit&& visit) {
  auto& [uid, alert, evaluated_at, had_answer, unanswered_for, blind, limited, refused, gated, forgotten] = standing;
  visit("alert", alert);
  visit("evaluated_at", evaluated_at);
  visit("had_answer", had_answer);
  visit("unanswered_for_ns", unanswered_for);
  visit("blind", blind);
  visit("limited", limited);
  visit("refused", refused);
  visit("gated", gated);
  visit("forgotten", forgotten);
}

template <class T, class Visit>
void visit_external(T& external, Visit&& visit) {
  auto& [labels, annotations, starts_at, ends_at, updated_at, generator_url] = external;
  visit("starts_at_ns", starts_at);
  visit("ends_at_ns", ends_at);
  visit("updated_at_ns", updated_at);
  visit("generator_url", generator_url);
  visit("annotations", annotations);
}

template <class T, class Visit>
void visit_problem(T& problem, Visit&& visit) {
  auto& [labels, uid, firing, reason, severity, highest, started_at, fired_at, value, annotations, pages, told,
         told_severity, flapping, told_flapping, changes, held_by, released_at] = problem;
  visit("uid", uid);
  visit("firing", firing);
  visit("severity", severity);
  visit("highest", highest);
  visit("started_at", started_at);
  visit("fired_at", fired_at);
  visit("value", value);
  visit("reason", reason);
  visit("pages", pages);
  visit("told", told);
  visit("told_severity", told_severity);
  visit("flapping", flapping);
  visit("told_flapping", told_flapping);
  visit("changes_ns", changes);
  visit("held_by", held_by);
  visit("released_at_ns", released_at);
  visit("annotations", annotations);
}

}  // namespace

bool same_bits(double left, double right) {
  return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

Json json_of(const alerts::Problem& value) {
  FieldWriter writer;
  writer("labels", value.labels);
  visit_problem(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, alerts::Problem& value) {
  FieldReader reader(json);
  reader("labels", value.labels);
  visit_problem(value, reader);
  return reader.fault.empty();
}

std::string labels_text(const store::Labels& labels) {
  return json_of(labels).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string fingerprint_of(const store::Labels& labels) {
  constexpr unsigned char kEnd = 0xFF;
  Fnv1a hash;
  for (const measure::Label& label : labels) hash.add(label.name).add(kEnd).add(label.value).add(kEnd);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash.value()));
  return text;
}

std::string body_of(const alerts::Instance& instance) {
  FieldWriter writer;
  visit_instance(instance, writer);
  return std::move(writer).text();
}

std::string body_of(const alerts::RuleStanding& standing) {
  FieldWriter writer;
  visit_standing(standing, writer);
  return std::move(writer).text();
}

std::string body_of(const alerts::Problem& problem) {
  FieldWriter writer;
  visit_problem(problem, writer);
  return std::move(writer).text();
}

std::string body_of(const alerts::ExternalAlert& external) {
  FieldWriter writer;
  visit_external(external, writer);
  return std::move(writer).text();
}

Result<store::Labels> labels_of(std::string_view labels_text) {
  store::Labels labels;
  if (read(Json::parse(labels_text, nullptr, false), labels)) return labels;
  return Error{Code::kBadInput, "its labels make no sense"};
}

Result<alerts::Instance> instance_of(std::string uid, std::string_view labels_text, std::string_view body) {
  alerts::Instance instance;
  instance.uid = std::move(uid);
  instance.labels = SONDE_TRY(labels_of(labels_text));
  FieldReader reader(body);
  visit_instance(instance, reader);
  return outcome(reader, std::move(instance));
}

Result<alerts::RuleStanding> standing_of(std::string uid, std::string_view body) {
  alerts::RuleStanding standing;
  standing.uid = std::move(uid);
  FieldReader reader(body);
  visit_standing(standing, reader);
  return outcome(reader, std::move(standing));
}

Result<alerts::Problem> problem_of(std::string_view labels_text, std::string_view body) {
  alerts::Problem problem;
  problem.labels = SONDE_TRY(labels_of(labels_text));
  FieldReader reader(body);
  visit_problem(problem, reader);
  return outcome(reader, std::move(problem));
}

Result<alerts::ExternalAlert> external_of(std::string_view labels_text, std::string_view body) {
  alerts::ExternalAlert external;
  external.labels = SONDE_TRY(labels_of(labels_text));
  FieldReader reader(body);
  visit_external(external, reader);
  return outcome(reader, std::move(external));
}

bool is_same(const alerts::Instance& left, const alerts::Instance& right) {
  if (!same_bits(left.value, right.value) || !same_bits(left.keep_factor, right.keep_factor)) return false;
  if (left == right) return true;
  if (!std::isnan(left.value) && !std::isnan(left.keep_factor)) return false;
  return left.uid == right.uid && left.labels == right.labels && body_of(left) == body_of(right);
}

bool is_same(const alerts::RuleStanding& left, const alerts::RuleStanding& right) { return left == right; }

bool is_same(const alerts::ExternalAlert& left, const alerts::ExternalAlert& right) { return left == right; }

bool is_same(const alerts::Problem& left, const alerts::Problem& right) {
  if (!same_bits(left.value, right.value)) return false;
  if (left == right) return true;
  return std::isnan(left.value) && left.labels == right.labels && body_of(left) == body_of(right);
}

}  // namespace sonde::history
