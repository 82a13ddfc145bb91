#pragma once

#include "app/incident_pages.h"
#include "serve/router.h"

namespace sonde::app {

/// /api/sonde/v1/reports/incidents?from=&to=&by=&zone=
void add_report_pages(serve::Router& router, const IncidentSources& sources);

}  // namespace sonde::app
