#pragma once

#include <sys/timex.h>

#include "host/reading_writer.h"

namespace sonde::host {

/// Writes what adjtimex(2) said: `state` is what it returned.
void write_timex(const timex& clock, int state, ReadingWriter& out);

}  // namespace sonde::host
