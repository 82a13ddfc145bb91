#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "promql/ast.h"
#include "promql/evaluation_matrix.h"
#include "promql/types.h"

namespace sonde::promql {

/// One row with 1 wherever no row of `found` has a value; its labels are those that the selector of `argument` leaves
/// no choice about (promql/functions.go, createLabelsForAbsentFunction). No row if there is no such step.
Matrix absent_rows(const Matrix& found, const Expression& argument);

/// Changes the labels of the series, by the arguments after the first.
/// errors: kExecution for names and regular expressions that are none, and if series come to share labels.
Expected<Matrix, QueryError> replace_labels(Matrix series, const Call& call);
Expected<Matrix, QueryError> join_labels(Matrix series, const Call& call);

/// The labels as a value: those of the store if nothing was dropped.
std::shared_ptr<const store::Labels> labels_of(const LabelSet& set);

/// The text of an argument that is a string literal, in parentheses or not.
const std::string& text_of(const Expression& argument);

/// Whether a text can name a label: not empty and UTF-8 (common/model/labels.go).
bool is_label_name(const std::string& name);

}  // namespace sonde::promql
