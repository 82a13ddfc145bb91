#include "history/review_table.h"

#include <string_view>

#include "history/json_fields.h"
#include "history/readable_rows.h"
#include "history/review_rows.h"

namespace sonde::history {
namespace {

// With a WHERE, so that ON CONFLICT cannot be read as part of a join (https://www.sqlite.org/lang_upsert.html).
constexpr std::string_view kWrite =
    "INSERT INTO review (incident, body) SELECT CAST(?1 AS BIGINT), CAST(?2 AS TEXT) "
    "WHERE EXISTS (SELECT 1 FROM incident WHERE id = ?1) ON CONFLICT (incident) DO UPDATE SET body = excluded.body";
constexpr std::string_view kColumns = "SELECT incident, body FROM review WHERE ";
constexpr std::string_view kInOrder = " ORDER BY incident";

}  // namespace

Result<ReviewTable> ReviewTable::prepare(Database& database) {
  return ReviewTable(database, SONDE_TRY(database.prepare(kWrite)));
}

Result<> ReviewTable::write(const alerts::Review& review) {
  return write_.bind(review.incident).bind(body_of(review)).run();
}

Result<std::vector<alerts::Review>> ReviewTable::watched(std::vector<std::string>& notices) const {
  Statement row =
      SONDE_TRY(database_->prepare(std::string(kColumns) + json_member(database_->dialect(), "body", "state") +
                                   " = 'watching'" + std::string(kInOrder)));
  std::vector<alerts::Review> reviews;
  while (SONDE_TRY(row.step())) {
    keep(review_of(row.number(0), row.text(1)),
         "'" + database_->path() + "': the review of incident " + std::to_string(row.number(0)), reviews, notices);
  }
  return reviews;
}

Result<std::vector<alerts::Review>> ReviewTable::of(std::span<const std::int64_t> incidents) const {
  std::vector<alerts::Review> reviews;
  if (incidents.empty()) return reviews;
  std::string ids;
  for (const std::int64_t incident : incidents) ids += (ids.empty() ? "" : ", ") + std::to_string(incident);
  Statement row =
      SONDE_TRY(database_->prepare(std::string(kColumns) + "incident IN (" + ids + ")" + std::string(kInOrder)));
  while (SONDE_TRY(row.step())) {
    auto review = review_of(row.number(0), row.text(1));
    if (!review) {
      return std::move(review).error().with("the review of incident " + std::to_string(row.number(0)) +
                                            " makes no sense; delete it from the table 'review'");
    }
    reviews.push_back(*std::move(review));
  }
  return reviews;
}

}  // namespace sonde::history
