#pragma once

#include "config/load.h"

namespace sonde::app {

/// What every configuration is read with.
const config::LoadParts& load_parts();

/// The same for whoever asks what a file says without being allowed to read the secrets that it names.
const config::LoadParts& load_parts_without_secrets();

}  // namespace sonde::app
