#include "notify/acknowledge_link.h"

namespace sonde::notify {

std::string link_actor(const std::string& channel) { return "link by " + channel; }

Notification with_acknowledge_link(Notification notification, const std::string& actor, const LinkMaker& maker) {
  if (!maker) return notification;
  notification.acknowledge_url.clear();
  const bool has_incident = notification.incident != 0 && !notification.notice && !notification.test;
  if (notification.unanswered && has_incident) {
    notification.acknowledge_url = maker(notification.incident, notification.occurrence, actor);
  }
  return notification;
}

}  // namespace sonde::notify
