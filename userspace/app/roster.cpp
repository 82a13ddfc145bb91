#include "app/roster.h"

#include <algorithm>
#include <chrono>

#include "app/log.h"
#include "base/uuid.h"

namespace sonde::app {
namespace {

/// Changes that are over stay for so long, for whoever asks who was on call.
constexpr std::chrono::days kChangesKept{31};
constexpr std::chrono::minutes kPruning{10};

void warn(const Result<>& done) {
  if (!done) log_warning("who is on call is not kept over a restart", {{"why", done.error().what}});
}

}  // namespace

Roster::Roster(oncall::Plan plan, history::OncallHistory* history, std::function<WallTime()> now)
    : history_(history), now_(std::move(now)), plan_(std::move(plan)) {
  view_ = std::make_shared<const OncallView>();
}

Result<> Roster::start() {
  const std::lock_guard lock(mutex_);
  history::LoadedOncall loaded;
  if (history_ != nullptr) {
    if (auto found = history_->load()) {
      loaded = *std::move(found);
    } else {
      log_error("overrides of on-call schedules are not known", {{"why", found.error().what}});
    }
  }
  for (const std::string& notice : loaded.notices) log_warning("history", {{"what", notice}});
  places_ = SONDE_TRY(oncall::current_places(plan_, loaded.places, now_()));
  turns_ = std::move(loaded.turns);
  announced_ = std::move(loaded.announced);
  if (history_ != nullptr && places_ != loaded.places) warn(history_->save(places_));
  SONDE_TRY(use(std::move(loaded.changes)));
  for (const std::string& notice : view_->book.notices()) log_warning("on call", {{"what", notice}});
  return Ok{};
}

Result<> Roster::use(oncall::Changes changes) {
  auto book = SONDE_TRY(oncall::ScheduleBook::compile(plan_, changes, places_));
  view_ = std::make_shared<const OncallView>(
      OncallView{.plan = plan_, .changes = std::move(changes), .book = std::move(book)});
  return Ok{};
}

Result<> Roster::use(oncall::Plan plan) {
  const std::lock_guard lock(mutex_);
  if (plan == plan_) return Ok{};
  auto places = SONDE_TRY(oncall::current_places(plan, places_, now_()));
  auto book = SONDE_TRY(oncall::ScheduleBook::compile(plan, view_->changes, places));
  for (const std::string& notice : book.notices()) log_warning("on call", {{"what", notice}});
  plan_ = std::move(plan);
  view_ =
      std::make_shared<const OncallView>(OncallView{.plan = plan_, .changes = view_->changes, .book = std::move(book)});
  if (places == places_) return Ok{};
  places_ = std::move(places);
  if (history_ != nullptr) warn(history_->save(places_));
  return Ok{};
}

std::vector<std::string> Roster::on_call(const std::string& schedule, WallTime at) const {
  const std::string person = oncall()->book.on_call(schedule, at).person;
  return person.empty() ? std::vector<std::string>{} : std::vector<std::string>{person};
}

std::shared_ptr<const OncallView> Roster::oncall() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::vector<Handover> Roster::take_handovers(WallTime now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  std::vector<Handover> handovers;
  std::vector<oncall::Announced> announced;
  for (const oncall::Schedule& schedule : plan_.schedules) {
    const std::string person = view_->book.on_call(schedule.name, now).person;
    announced.push_back({schedule.name, person});
    const auto before = std::ranges::find(announced_, schedule.name, &oncall::Announced::schedule);
    if (before == announced_.end() || before->person == person || !schedule.announces) continue;
    handovers.push_back({schedule.name, before->person, person});
  }
  if (announced != announced_) {
    announced_ = std::move(announced);
    if (history_ != nullptr) warn(history_->save(announced_));
  }
  return handovers;
}

void Roster::forget_old(WallTime now) {
  if (now - looked_at_ < kPruning) return;
  looked_at_ = now;
  oncall::Changes kept = view_->changes;
  const auto is_old = [&](const auto& change) { return change.ends_at < now - kChangesKept; };
  const std::size_t removed = std::erase_if(kept.overrides, is_old) + std::erase_if(kept.temporary, is_old);
  if (removed == 0 || !use(std::move(kept))) return;
  if (history_ != nullptr) warn(history_->save(view_->changes));
}

std::vector<oncall::RobinTurn> Roster::turns() const {
  const std::lock_guard lock(mutex_);
  return turns_;
}

void Roster::keep(std::vector<oncall::RobinTurn> turns) {
  const std::lock_guard lock(mutex_);
  if (turns == turns_) return;
  turns_ = std::move(turns);
  if (history_ != nullptr) warn(history_->save(turns_));
}

/// All of it, on disk too, or nothing.
Result<> Roster::change(const std::function<Result<>(oncall::Changes&)>& how) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<const OncallView> before = view_;
  oncall::Changes changes = before->changes;
  SONDE_TRY(how(changes));
  SONDE_TRY(use(std::move(changes)));
  if (history_ == nullptr) return Ok{};
  Result<> saved = history_->save(view_->changes);
  if (!saved) view_ = before;
  return saved;
}

Result<oncall::Override> Roster::stand_in(oncall::Override wanted) {
  wanted.id = random_uuid();
  SONDE_TRY(change([&](oncall::Changes& changes) { return oncall::add_override(plan_, changes, wanted); }));
  return wanted;
}

Result<oncall::TemporaryShifts> Roster::replace_shifts(oncall::TemporaryShifts wanted) {
  wanted.id = random_uuid();
  SONDE_TRY(change([&](oncall::Changes& changes) { return oncall::add_temporary(plan_, changes, wanted); }));
  return wanted;
}

Result<std::pair<oncall::Override, oncall::Override>> Roster::swap_shifts(const oncall::Swap& swap) {
  auto both = SONDE_TRY(oncall::plan_swap(oncall()->book, swap, {random_uuid(), random_uuid()}));
  const auto add_both = [&](oncall::Changes& changes) -> Result<> {
    SONDE_TRY(oncall::add_override(plan_, changes, both.first));
    return oncall::add_override(plan_, changes, both.second);
  };
  SONDE_TRY(change(add_both));
  return both;
}

Result<> Roster::take_back(const std::string& id) {
  return change([&](oncall::Changes& changes) { return oncall::remove_change(changes, id); });
}

}  // namespace sonde::app
