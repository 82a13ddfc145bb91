#pragma once

#include "decode/types.h"
#include "inventory/types.h"

namespace sonde::app {

/// A process of the last sweep.
struct SweptProcess {
  decode::ProcessFacts facts;
  const inventory::Service* service = nullptr;
};

}  // namespace sonde::app
