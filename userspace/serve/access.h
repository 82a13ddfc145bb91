#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "serve/handler.h"
#include "serve/types.h"

namespace sonde::serve {

/// What a request needs.
struct Need {
  Role role = Role::kRead;
  bool open = false;    ///< nobody has to show who they are
  bool proven = false;  ///< it carries a token or a signature, which its handler looks at
};

/// Where others tell us what people did there.
inline constexpr std::string_view kSlackPath = "/api/sonde/v1/slack/interactions";
inline constexpr std::string_view kPagerDutyPath = "/api/sonde/v1/pagerduty/webhook";

/// Whatever is not known to only read changes something.
Need need_of(std::string_view method, std::string_view path);

/// Lets requests through to a handler that their sender may make, and tells the others why not.
///
/// With users, a request shows who sends it by a bearer token or by basic authentication (RFC 6750, RFC 7617): 401
/// without, 403 for too small a role. Without users everybody may read; what changes something is taken only from this
/// host. Either way, what changes something is refused if a page of another site has a browser send it (403, 415), and
/// who sends too much of it, or guesses, is told to wait (429).  threads: any.
class AccessGate {
 public:
  /// owner: the clock outlives it.
  AccessGate(std::span<const User> users, const Clock& clock, Handler next);

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  struct State;

  [[nodiscard]] HttpResponse pass_known(const HttpRequest& request, const Need& need) const;

  std::shared_ptr<State> state_;  // what copies of the handler share
};

}  // namespace sonde::serve
