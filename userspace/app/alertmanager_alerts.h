#pragma once

#include <functional>
#include <vector>

#include "alerts/types.h"
#include "app/alertmanager_api.h"
#include "base/clock.h"
#include "base/result.h"
#include "serve/handler.h"

namespace sonde::app {

/// GET /api/v2/alerts?active=&silenced=&inhibited=&unprocessed=&filter=&receiver=
serve::HttpResponse show_active_alerts(const AlertmanagerSources& sources, const serve::HttpRequest& request);

/// POST /api/v2/alerts: `take` is given sound alerts even if others are not, as Alertmanager does.
serve::HttpResponse take_alerts(const serve::HttpRequest& request, WallTime now,
                                const std::function<Result<>(std::vector<alerts::ExternalAlert>)>& take);

/// GET /api/v2/alerts/groups?active=&silenced=&inhibited=&muted=&filter=&receiver=
serve::HttpResponse show_alert_groups(const AlertmanagerSources& sources, const serve::HttpRequest& request);

}  // namespace sonde::app
