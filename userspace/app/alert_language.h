#pragma once

#include "config/routing_draft.h"

namespace sonde::app {

/// What the configuration asks of alerts.
const config::AlertLanguage& alert_language();

}  // namespace sonde::app
