#include "notify/render.h"

#include "notify/payload.h"

namespace sonde::notify {
namespace {

std::string payload(const Channel& channel, const Notification& notification) {
  switch (channel.kind) {
    case ChannelKind::kSlack:
      return slack_payload(notification);
    case ChannelKind::kWebhook:
      return webhook_payload(notification, channel.name);
  }
  return {};
}

}  // namespace

HttpPost render(const Channel& channel, const Notification& notification) {
  HttpPost post;
  post.url = channel.url;
  post.content_type = "application/json";
  post.body = payload(channel, notification);
  return post;
}

}  // namespace sonde::notify
