#pragma once

#include <string>
#include <utility>
#include <vector>

#include "serve/types.h"

namespace sonde::serve {

/// What people see who open a link of a message.
struct AcknowledgePage {
  unsigned status = 200;
  std::string title;
  std::vector<std::string> sentences{};                      ///< what has become of it, or what is wrong
  std::vector<std::pair<std::string, std::string>> facts{};  ///< of the incident: a name and a text
  bool has_button = false;                                   ///< that posts to the same address
};

/// A page that needs no script, fits a phone, and keeps its address to itself: nothing else is loaded, nobody is told
/// where the reader came from, and nothing is kept (Content-Security-Policy level 3, Referrer Policy).
HttpResponse acknowledge_response(const AcknowledgePage& page);

}  // namespace sonde::serve
