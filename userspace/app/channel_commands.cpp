#include "app/channel_commands.h"

#include <signal.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "app/carriers.h"
#include "app/command_output.h"
#include "app/commands.h"
#include "app/host_name.h"
#include "app/version.h"
#include "base/clock.h"
#include "base/nearest_word.h"
#include "cli/table.h"
#include "notify/channel_text.h"
#include "notify/digest.h"
#include "notify/notification.h"
#include "notify/senders.h"

namespace sonde::app {
namespace {

constexpr int kUsage = 2;

const notify::Channel* find_channel(const std::vector<notify::Channel>& channels, const std::string& name) {
  const auto found = std::ranges::find(channels, name, &notify::Channel::name);
  return found == channels.end() ? nullptr : &*found;
}

int no_such_channel(const cli::NotifyTestCommand& command, const std::vector<notify::Channel>& channels) {
  std::vector<std::string_view> names;
  for (const notify::Channel& channel : channels) names.push_back(channel.name);
  std::string why = command.config + " has no channel '" + command.channel + "'";
  const std::string meant(nearest_word(command.channel, names));
  if (!meant.empty()) why += "; did you mean '" + meant + "'?";
  if (meant.empty()) why += names.empty() ? "; it names none" : "; `sonde notify list` shows those it has";
  fail(why);
  return kUsage;
}

notify::Attempt send(notify::Sender& sender, const notify::Notification& notification, const std::string& channel) {
  return sender.send(
      {.notification = notification, .id = notify::delivery_id(notification, channel), .now = notification.at});
}

/// At PagerDuty a test would stay open, and call somebody.
notify::Attempt send_test(const notify::Channel& channel, notify::Sender& sender, WallTime now) {
  const notify::Notification test = notify::test_notification(host_name(), now);
  notify::Attempt attempt = send(sender, test, channel.name);
  const bool stays_open = std::holds_alternative<notify::PagerDuty>(channel.to);
  if (!stays_open || attempt.outcome != notify::Outcome::kDelivered) return attempt;
  return send(sender, notify::end_of(test, now), channel.name);
}

}  // namespace

std::string channels_as_table(std::span<const notify::Channel> channels) {
  if (channels.empty()) return "no channel: messages go nowhere\n";
  cli::Table table;
  table.columns = {{.title = "CHANNEL", .align_right = false},
                   {.title = "KIND", .align_right = false},
                   {.title = "TO", .align_right = false}};
  for (const notify::Channel& channel : channels) {
    table.rows.push_back({{channel.name}, {std::string(kind_of(channel))}, {describe(channel)}});
  }
  return cli::render_table(table, {});
}

std::string channels_as_json(std::span<const notify::Channel> channels) {
  nlohmann::json list = nlohmann::json::array();
  for (const notify::Channel& channel : channels) {
    list.push_back({{"name", channel.name}, {"kind", kind_of(channel)}, {"to", describe(channel)}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool reached_all(const notify::Attempt& attempt) {
  return attempt.outcome == notify::Outcome::kDelivered && attempt.error.empty();
}

std::string tell_attempt(const std::string& channel, const notify::Attempt& attempt) {
  switch (attempt.outcome) {
    case notify::Outcome::kDelivered:
      if (!attempt.error.empty()) return channel + ": delivered, but not to everybody: " + attempt.error;
      return channel + ": delivered: " + attempt.receipt.reply;
    case notify::Outcome::kRetry:
      return channel + ": not delivered: " + attempt.error +
             (attempt.may_have_arrived ? " (it may have arrived)" : "") + "; a real message would be tried again";
    case notify::Outcome::kPause:
      return channel + ": not delivered: " + attempt.error + "; a real message would wait and be tried again";
    case notify::Outcome::kRefused:
      return channel + ": refused: " + attempt.error + "; a real message would be lost";
  }
  return {};
}

int run(const cli::NotifyListCommand& command) {
  const auto config = load_config(command.config);
  if (!config) return fail(config.error().what);
  const std::vector<notify::Channel>& channels = config->notify.channels;
  print(command.output == cli::OutputFormat::kJson ? channels_as_json(channels) : channels_as_table(channels));
  return 0;
}

int run(const cli::NotifyTestCommand& command) {
  const auto config = load_config(command.config);
  if (!config) return fail(config.error().what);
  const notify::Channel* channel = find_channel(config->notify.channels, command.channel);
  if (channel == nullptr) return no_such_channel(command, config->notify.channels);
  // A receiver that hangs up must not end this.
  signal(SIGPIPE, SIG_IGN);
  const auto carriers = Carriers::create(user_agent());
  if (!carriers) return fail(carriers.error().what);
  const auto sender = notify::make_sender(*channel, (*carriers)->transports(), config->notify.timeout);
  const notify::Attempt attempt = send_test(*channel, *sender, SystemClock().now());
  print(tell_attempt(channel->name, attempt));
  return reached_all(attempt) ? 0 : 1;
}

}  // namespace sonde::app
