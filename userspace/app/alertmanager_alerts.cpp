#include "app/alertmanager_alerts.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/matcher.h"
#include "app/alertmanager_answers.h"
#include "serve/alertmanager_bodies.h"

namespace sonde::app {
namespace {

using nlohmann::json;
using serve::HttpRequest;
using serve::HttpResponse;

Result<bool> read_flag(const HttpRequest& request, const char* name) {
  const std::string* const text = request.query.find(name);
  if (text == nullptr || text->empty() || *text == "true" || *text == "1") return true;
  if (*text == "false" || *text == "0") return false;
  return Error{Code::kBadInput, std::string(name) + ": must be true or false"};
}

/// Which alerts are asked for.
class AlertChoice {
 public:
  static Result<AlertChoice> read(const HttpRequest& request) {
    AlertChoice choice;
    choice.active_ = SONDE_TRY(read_flag(request, "active"));
    choice.silenced_ = SONDE_TRY(read_flag(request, "silenced"));
    choice.inhibited_ = SONDE_TRY(read_flag(request, "inhibited"));
    choice.unprocessed_ = SONDE_TRY(read_flag(request, "unprocessed"));
    choice.muted_ = SONDE_TRY(read_flag(request, "muted"));
    const auto filter = SONDE_TRY(read_filter(request.query));
    choice.filter_ = SONDE_TRY(alerts::MatcherSet::compile(filter));
    const std::string* const receiver = request.query.find("receiver");
    if (receiver == nullptr || receiver->empty()) return choice;
    choice.receiver_ = std::make_unique<const re2::RE2>(*receiver, RE2::Quiet);
    if (!choice.receiver_->ok()) {
      return Error{Code::kBadInput, "receiver: is no regular expression: " + choice.receiver_->error()};
    }
    return choice;
  }

  [[nodiscard]] bool takes_any_receiver(const std::vector<std::string>& names) const {
    return receiver_ == nullptr ||
           std::ranges::any_of(names, [this](const std::string& name) { return takes_receiver(name); });
  }

  [[nodiscard]] bool takes_receiver(const std::string& name) const {
    return receiver_ == nullptr || re2::RE2::FullMatch(name, *receiver_);
  }

  [[nodiscard]] bool takes(const ActiveAlert& alert, const AlertStatus& status) const {
    if (!active_ && status.state == "active") return false;
    if (!unprocessed_ && status.state == "unprocessed") return false;
    if (!silenced_ && !status.silenced_by.empty()) return false;
    if (!inhibited_ && !status.inhibited_by.empty()) return false;
    if (!muted_ && !status.muted_by.empty()) return false;
    return filter_.matches(alert.labels);
  }

 private:
  bool active_ = true;
  bool silenced_ = true;
  bool inhibited_ = true;
  bool unprocessed_ = true;
  bool muted_ = true;
  alerts::MatcherSet filter_;
  std::unique_ptr<const re2::RE2> receiver_;  // nullptr: any
};

bool is_before(const json& left, const json& right) {
  return left.at("fingerprint").get_ref<const std::string&>() < right.at("fingerprint").get_ref<const std::string&>();
}

struct GroupLess {
  bool operator()(const RoutedGroup& left, const RoutedGroup& right) const {
    if (alerts::LabelsLess{}(left.labels, right.labels)) return true;
    return !alerts::LabelsLess{}(right.labels, left.labels) && left.receiver < right.receiver;
  }
};

json group_object(const RoutedGroup& group, std::vector<json> alerts) {
  std::ranges::sort(alerts, is_before);
  json labels = json::object();
  for (const measure::Label& label : group.labels) labels[label.name] = label.value;
  return {{"alerts", std::move(alerts)}, {"labels", std::move(labels)}, {"receiver", {{"name", group.receiver}}}};
}

}  // namespace

HttpResponse show_active_alerts(const AlertmanagerSources& sources, const HttpRequest& request) {
  const auto choice = AlertChoice::read(request);
  if (!choice) return refuse(choice.error());
  const auto view = sources.desk.view();
  const StatusReader statuses(view->active);
  std::vector<json> found;
  for (const ActiveAlert& alert : view->active) {
    if (!choice->takes_any_receiver(alert.receivers)) continue;
    const AlertStatus status = statuses.status_of(alert);
    if (choice->takes(alert, status)) found.push_back(alert_object(alert, status));
  }
  std::ranges::sort(found, is_before);
  return answer(found);
}

HttpResponse take_alerts(const HttpRequest& request, WallTime now,
                         const std::function<Result<>(std::vector<alerts::ExternalAlert>)>& take) {
  if (auto wrong = refuse_type(request)) return *std::move(wrong);
  auto batch = serve::parse_alerts(request.body, now, kResolveTimeout);
  if (!batch) return refuse(batch.error());
  if (!batch->alerts.empty()) {
    if (const auto taken = take(std::move(batch->alerts)); !taken) return refuse(taken.error());
  }
  if (batch->faults.empty()) return serve::text_response(200, "");
  std::string faults;
  for (const std::string& fault : batch->faults) faults += (faults.empty() ? "" : "; ") + fault;
  return refuse(400, faults);
}

HttpResponse show_alert_groups(const AlertmanagerSources& sources, const HttpRequest& request) {
  const auto choice = AlertChoice::read(request);
  if (!choice) return refuse(choice.error());
  const auto view = sources.desk.view();
  const StatusReader statuses(view->active);
  std::map<RoutedGroup, std::vector<json>, GroupLess> groups;
  for (const ActiveAlert& alert : view->active) {
    const AlertStatus status = statuses.status_of(alert);
    if (!choice->takes(alert, status)) continue;
    for (const RoutedGroup& group : alert.groups) {
      if (choice->takes_receiver(group.receiver)) groups[group].push_back(alert_object(alert, status));
    }
  }
  json answered = json::array();
  for (auto& [group, members] : groups) answered.push_back(group_object(group, std::move(members)));
  return answer(answered);
}

}  // namespace sonde::app
