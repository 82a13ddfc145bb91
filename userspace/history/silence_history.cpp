#include "history/silence_history.h"

namespace sonde::history {

Result<SilenceHistory> SilenceHistory::open(Database& database, std::mutex& mutex) {
  SilenceTables tables = SONDE_TRY(SilenceTables::prepare(database));
  return SilenceHistory(database, mutex, std::move(tables));
}

Result<LoadedSilences> SilenceHistory::load() const {
  const std::lock_guard lock(*mutex_);
  return tables_.read_last();
}

Result<std::vector<alerts::Silence>> SilenceHistory::versions(const std::string& id) const {
  const std::lock_guard lock(*mutex_);
  return tables_.read_versions(id);
}

Result<> SilenceHistory::save(std::span<const alerts::Silence> written) {
  if (written.empty()) return Ok{};
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  for (const alerts::Silence& silence : written) SONDE_TRY(tables_.write(silence));
  return transaction.commit();
}

Result<> SilenceHistory::forget(std::span<const std::string> ids) {
  if (ids.empty()) return Ok{};
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  for (const std::string& id : ids) SONDE_TRY(tables_.remove(id));
  return transaction.commit();
}

}  // namespace sonde::history
