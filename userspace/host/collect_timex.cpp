#include <cerrno>

#include "host/collectors.h"
#include "host/timex_readings.h"

namespace sonde::host {
namespace {

constexpr double kMicrosecondsInSecond = 1e6;
constexpr double kNanosecondsInSecond = 1e9;
/// Frequencies are parts per million with 16 bits after the point: NOTES of adjtimex(2).
constexpr double kScaledPartsPerMillion = 1e6 * 65536.0;

void write_clock(const timex& clock, double offset_unit, ReadingWriter& out) {
  out.gauge("node_timex_estimated_error_seconds", "How wrong the clock is thought to be.")
      .add(static_cast<double>(clock.esterror) / kMicrosecondsInSecond);
  out.gauge("node_timex_frequency_adjustment_ratio", "How fast the clock is made to run, 1 being its own speed.")
      .add(1 + static_cast<double>(clock.freq) / kScaledPartsPerMillion);
  out.gauge("node_timex_loop_time_constant", "Time constant of the loop that steers the clock.")
      .add(static_cast<double>(clock.constant));
  out.gauge("node_timex_maxerror_seconds", "How wrong the clock may be at most.")
      .add(static_cast<double>(clock.maxerror) / kMicrosecondsInSecond);
  out.gauge("node_timex_offset_seconds", "How far the clock is off the one it follows.")
      .add(static_cast<double>(clock.offset) / offset_unit);
  out.gauge("node_timex_status", "State bits of the clock, STA_* of adjtimex(2).").add(clock.status);
  out.gauge("node_timex_tai_offset_seconds", "Seconds that TAI is ahead of UTC.").add(clock.tai);
  out.gauge("node_timex_tick_seconds", "Time between two ticks of the clock.")
      .add(static_cast<double>(clock.tick) / kMicrosecondsInSecond);
}

void write_pulse_per_second(const timex& clock, double offset_unit, ReadingWriter& out) {
  out.counter("node_timex_pps_calibration_total", "Calibration intervals of the pulse-per-second signal.")
      .add(static_cast<double>(clock.calcnt));
  out.counter("node_timex_pps_error_total", "Calibration errors of the pulse-per-second signal.")
      .add(static_cast<double>(clock.errcnt));
  out.gauge("node_timex_pps_frequency_hertz", "Frequency of the pulse-per-second signal.")
      .add(static_cast<double>(clock.ppsfreq) / kScaledPartsPerMillion);
  out.gauge("node_timex_pps_jitter_seconds", "Jitter of the pulse-per-second signal.")
      .add(static_cast<double>(clock.jitter) / offset_unit);
  out.counter("node_timex_pps_jitter_total", "Times the pulse-per-second signal jittered beyond its limit.")
      .add(static_cast<double>(clock.jitcnt));
  out.gauge("node_timex_pps_shift_seconds", "Length of the intervals of the pulse-per-second signal.")
      .add(static_cast<double>(clock.shift));
  out.counter("node_timex_pps_stability_exceeded_total",
              "Times the pulse-per-second signal was less stable than its limit.")
      .add(static_cast<double>(clock.stbcnt));
  out.gauge("node_timex_pps_stability_hertz", "How much the pulse-per-second signal wandered lately.")
      .add(static_cast<double>(clock.stabil) / kScaledPartsPerMillion);
}

}  // namespace

void write_timex(const timex& clock, int state, ReadingWriter& out) {
  const double offset_unit = (clock.status & STA_NANO) != 0 ? kNanosecondsInSecond : kMicrosecondsInSecond;
  write_clock(clock, offset_unit, out);
  write_pulse_per_second(clock, offset_unit, out);
  out.gauge("node_timex_sync_status", "Whether the clock follows a reliable one.").add(state == TIME_ERROR ? 0 : 1);
}

Result<> collect_timex(const CollectContext&, ReadingWriter& out) {
  timex clock{};  // modes of 0: only asks
  const int state = ::adjtimex(&clock);
  if (state < 0) return Error::from_errno(errno, "adjtimex");
  write_timex(clock, state, out);
  return Ok{};
}

}  // namespace sonde::host
