#include "history/incident_tables.h"

#include <memory>
#include <string_view>

#include "history/delivery_rows.h"
#include "history/incident_rows.h"
#include "history/json_fields.h"
#include "history/readable_rows.h"

namespace sonde::history {
namespace {

constexpr std::string_view kWriteIncident =
    "INSERT INTO incident (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
constexpr std::string_view kWriteDelivery =
    "INSERT INTO delivery (id, incident, channel, state, message, body) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body";
constexpr std::string_view kWriteTold =
    "INSERT INTO told (incident, occurrence, channel, surely, number, receipt, last_delivery) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (incident, occurrence, channel) DO UPDATE SET surely = excluded.surely, "
    "number = excluded.number, receipt = excluded.receipt, last_delivery = excluded.last_delivery";
constexpr std::string_view kRemoveTold = "DELETE FROM told WHERE incident = ? AND occurrence = ? AND channel = ?";
constexpr std::string_view kOldIncidents =
    "SELECT id FROM incident WHERE status = 'resolved' AND resolved_elapsed_ns < ? AND resolved_at_ns < ? "
    "ORDER BY resolved_elapsed_ns LIMIT ?";
constexpr std::string_view kRemoveStrays =
    "DELETE FROM delivery WHERE sequence IN (SELECT sequence FROM delivery WHERE incident = 0 "
    "AND state IN ('sent', 'dead', 'cancelled', 'superseded') AND ended_at_ns < ? LIMIT ?)";

constexpr std::string_view kDelivery = "SELECT id, channel, state, message, body FROM delivery ";
constexpr std::string_view kUnfinished = "WHERE state IN ('queued', 'leased', 'waiting', 'unknown') ORDER BY sequence";
constexpr std::string_view kLately = "status <> 'resolved' OR resolved_elapsed_ns > ?";

Result<notify::Delivery> delivery_in(const Statement& row) {
  notify::Delivery delivery;
  delivery.id = row.text(0);
  delivery.channel = row.text(1);
  const Error senseless{Code::kBadInput, "delivery '" + delivery.id + "' makes no sense; delete it from 'delivery'"};
  if (!read_choice(row.text(2), delivery.state)) return senseless;
  auto notification = notification_of(row.text(3));
  if (!notification) return senseless;
  delivery.notification = *std::move(notification);
  auto read = delivery_of(std::move(delivery), row.text(4));
  return read ? std::move(read) : senseless;
}

Result<notify::Told> told_in(const Statement& row) {
  notify::Told told;
  told.incident = row.number(0);
  told.occurrence = static_cast<std::uint32_t>(row.number(1));
  told.channel = row.text(2);
  told.surely = row.number(3) != 0;
  told.number = static_cast<std::uint64_t>(row.number(4));
  if (!read(Json::parse(row.text(5), nullptr, false), told.receipt)) {
    return Error{Code::kBadInput, "its receipt makes no sense"};
  }
  told.last_delivery = row.text(6);
  // Without its message it cannot be told again; that it was told still holds.
  if (auto last = notification_of(row.text(7)); last && !row.text(7).empty()) told.last = *std::move(last);
  return told;
}

Result<alerts::Incident> incident_in(const Statement& row) {
  auto incident = incident_of(row.number(0), row.text(1));
  if (!incident) return std::move(incident).error().with("incident " + std::to_string(row.number(0)));
  return incident;
}

template <class T, class ReadRow>
Result<std::vector<T>> read_rows(Statement row, ReadRow read_row) {
  std::vector<T> rows;
  while (SONDE_TRY(row.step())) rows.push_back(SONDE_TRY(read_row(row)));
  return rows;
}

}  // namespace

Result<IncidentTables> IncidentTables::prepare(Database& database) {
  return IncidentTables(database, {
                                      SONDE_TRY(database.prepare(kWriteIncident)),
                                      SONDE_TRY(database.prepare(kWriteDelivery)),
                                      SONDE_TRY(database.prepare(kWriteTold)),
                                      SONDE_TRY(database.prepare(kRemoveTold)),
                                      SONDE_TRY(database.prepare(kOldIncidents)),
                                      SONDE_TRY(database.prepare(kRemoveStrays)),
                                  });
}

Result<> IncidentTables::write(const alerts::Incident& incident) {
  return statements_.write_incident.bind(incident.id).bind(body_of(incident)).run();
}

Result<> IncidentTables::write(const notify::DeliveryRecord& record) {
  const notify::Delivery& delivery = record.delivery;
  const notify::Notification& notification = *delivery.notification;
  SONDE_TRY(statements_.write_delivery.bind(delivery.id)
                .bind(notification.incident)
                .bind(delivery.channel)
                .bind(stored_name(delivery.state))
                .bind(body_of(notification))
                .bind(body_of(delivery))
                .run());
  if (notification.incident == 0) return Ok{};
  if (record.told) return write(*record.told);
  if (!record.untold) return Ok{};
  return statements_.remove_told.bind(notification.incident)
      .bind(static_cast<std::int64_t>(notification.occurrence))
      .bind(delivery.channel)
      .run();
}

Result<> IncidentTables::write(const notify::Told& told) {
  return statements_.write_told.bind(told.incident)
      .bind(static_cast<std::int64_t>(told.occurrence))
      .bind(told.channel)
      .bind(static_cast<std::int64_t>(told.surely ? 1 : 0))
      .bind(static_cast<std::int64_t>(told.number))
      .bind(json_of(told.receipt).dump(-1, ' ', false, Json::error_handler_t::replace))
      .bind(told.last_delivery)
      .run();
}

Result<std::vector<alerts::Incident>> IncidentTables::lately(std::chrono::nanoseconds since,
                                                             std::vector<std::string>& notices) const {
  Statement row =
      SONDE_TRY(database_->prepare("SELECT id, body FROM incident WHERE " + std::string(kLately) + " ORDER BY id"));
  row.bind(since.count());
  std::vector<alerts::Incident> incidents;
  while (SONDE_TRY(row.step())) {
    keep(incident_of(row.number(0), row.text(1)),
         "'" + database_->path() + "': incident " + std::to_string(row.number(0)), incidents, notices);
  }
  return incidents;
}

Result<std::vector<notify::Delivery>> IncidentTables::unfinished(std::vector<std::string>& notices) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kDelivery) + std::string(kUnfinished)));
  std::vector<notify::Delivery> deliveries;
  while (SONDE_TRY(row.step())) {
    keep(delivery_in(row), "'" + database_->path() + "': a message that waits", deliveries, notices);
  }
  return deliveries;
}

Result<std::vector<notify::Told>> IncidentTables::told_since(std::chrono::nanoseconds since,
                                                             std::vector<std::string>& notices) const {
  Statement row = SONDE_TRY(database_->prepare(
      "SELECT told.incident, occurrence, told.channel, surely, number, receipt, last_delivery, message FROM told "
      "LEFT JOIN incident ON incident.id = told.incident LEFT JOIN delivery ON delivery.id = told.last_delivery "
      "WHERE incident.id IS NULL OR " +
      std::string(kLately)));
  row.bind(since.count());
  std::vector<notify::Told> told;
  while (SONDE_TRY(row.step())) {
    keep(told_in(row), "'" + database_->path() + "': what channel '" + row.text(2) + "' was told", told, notices);
  }
  return told;
}

Result<std::vector<alerts::Incident>> IncidentTables::incidents(std::int64_t before, bool open_only,
                                                                std::size_t limit) const {
  std::string sql = "SELECT id, body FROM incident WHERE (CAST(?1 AS BIGINT) = 0 OR id < ?1) ";
  if (open_only) sql += "AND status <> 'resolved' ";
  Statement row = SONDE_TRY(database_->prepare(sql + "ORDER BY id DESC LIMIT ?2"));
  row.bind(before).bind(static_cast<std::int64_t>(limit));
  return read_rows<alerts::Incident>(std::move(row), incident_in);
}

Result<std::optional<alerts::Incident>> IncidentTables::incident(std::int64_t id) const {
  Statement row = SONDE_TRY(database_->prepare("SELECT id, body FROM incident WHERE id = ?"));
  row.bind(id);
  if (!SONDE_TRY(row.step())) return std::optional<alerts::Incident>();
  return std::optional(SONDE_TRY(incident_in(row)));
}

Result<std::vector<notify::Delivery>> IncidentTables::deliveries(std::optional<notify::DeliveryState> state,
                                                                 std::int64_t incident, std::size_t limit) const {
  std::string sql(kDelivery);
  sql += state ? "WHERE state = ?1 " : "WHERE CAST(?1 AS TEXT) = '' ";
  sql += incident != 0 ? "AND incident = ?2 " : "AND CAST(?2 AS BIGINT) = 0 ";
  Statement row = SONDE_TRY(database_->prepare(sql + "ORDER BY sequence DESC LIMIT ?3"));
  row.bind(state ? stored_name(*state) : std::string_view()).bind(incident).bind(static_cast<std::int64_t>(limit));
  return read_rows<notify::Delivery>(std::move(row), delivery_in);
}

Result<std::optional<notify::Delivery>> IncidentTables::delivery(const std::string& id) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kDelivery) + "WHERE id = ?"));
  row.bind(id);
  if (!SONDE_TRY(row.step())) return std::optional<notify::Delivery>();
  return std::optional(SONDE_TRY(delivery_in(row)));
}

Result<std::size_t> IncidentTables::remove_before(const alerts::Moment& moment, std::size_t limit) {
  Statement& old = statements_.old_incidents;
  old.bind(moment.elapsed.count()).bind(moment.wall.time_since_epoch().count()).bind(static_cast<std::int64_t>(limit));
  std::vector<std::int64_t> ids;
  while (SONDE_TRY(old.step())) ids.push_back(old.number(0));
  for (const std::int64_t id : ids) {
    const std::string number = std::to_string(id);
    SONDE_TRY(database_->execute(
        "DELETE FROM delivery WHERE incident = " + number + "; DELETE FROM told WHERE incident = " + number +
        "; DELETE FROM timeline WHERE incident = " + number + " AND incident <> 0" +
        "; DELETE FROM review WHERE incident = " + number + "; DELETE FROM remedy_run WHERE incident = " + number +
        "; DELETE FROM incident WHERE id = " + number));
  }
  return ids.size();
}

Result<std::size_t> IncidentTables::remove_strays_before(WallTime moment, std::size_t limit) {
  SONDE_TRY(
      statements_.remove_strays.bind(moment.time_since_epoch().count()).bind(static_cast<std::int64_t>(limit)).run());
  return static_cast<std::size_t>(database_->changed_rows());
}

}  // namespace sonde::history
