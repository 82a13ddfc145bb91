#pragma once

#include <string>

#include "app/alertmanager_api.h"
#include "serve/handler.h"

namespace sonde::app {

/// GET /api/v2/silences?filter=
serve::HttpResponse show_silences(const AlertmanagerSources& sources, const serve::HttpRequest& request);

/// POST /api/v2/silences
serve::HttpResponse set_silence(const AlertmanagerSources& sources, const serve::HttpRequest& request);

/// GET and DELETE /api/v2/silence/ID
serve::HttpResponse one_silence(const AlertmanagerSources& sources, const serve::HttpRequest& request,
                                const std::string& id);

}  // namespace sonde::app
