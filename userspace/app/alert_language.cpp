#include "app/alert_language.h"

#include "alerts/matcher.h"
#include "alerts/time_interval.h"

namespace sonde::app {

const config::AlertLanguage& alert_language() {
  static constexpr config::AlertLanguage kLanguage{&alerts::parse_matchers, &alerts::check_matcher,
                                                   &alerts::check_time_interval};
  return kLanguage;
}

}  // namespace sonde::app
