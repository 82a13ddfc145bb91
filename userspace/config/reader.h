#pragma once

#include "base/yaml_document.h"
#include "config/schema.h"

namespace sonde::config {

/// Reads a document's root into the draft by the rows of root_keys(), leaving a fault for everything that does not fit.
void read_root(const Node& root, Draft& draft);

}  // namespace sonde::config
