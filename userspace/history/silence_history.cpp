#include "history/silence_history.h"

namespace sonde::history {

Result<SilenceHistory> SilenceHistory::open(Database& database) {
  SilenceTables tables = SONDE_TRY(SilenceTables::prepare(database));
  return SilenceHistory(database, std::move(tables));
}

Result<> SilenceHistory::save(std::span<const alerts::Silence> written) {
  if (written.empty()) return Ok{};
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  for (const alerts::Silence& silence : written) SONDE_TRY(tables_.write(silence));
  return transaction.commit();
}

Result<> SilenceHistory::forget(std::span<const std::string> ids) {
  if (ids.empty()) return Ok{};
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  for (const std::string& id : ids) SONDE_TRY(tables_.remove(id));
  return transaction.commit();
}

}  // namespace sonde::history
