#pragma once

#include <string>
#include <string_view>

#include "probe/failure.h"
#include "probe/types.h"

namespace sonde::probe {

/// What libmariadb knows of a session that did not begin.
struct MysqlFailure {
  unsigned error = 0;          ///< mysql_errno(): of the server below 2000 and from 3000, of the library between
  std::string_view message{};  ///< mysql_error(): may hold text of the server
  Reached reached = Reached::kNothing;
  int os_error = 0;          ///< errno of connect(2); 0: none
  bool is_closed = false;    ///< by the other side
  bool lacks_tls = false;    ///< the server offers no TLS where it is wanted
  bool lacks_login = false;  ///< the server wants a login that libmariadb has no plugin for
  bool is_nonsense = false;  ///< no server says that, or so much
};

/// Why this is no answer of a server that is up, in words of our own; empty if it is one.
std::string describe_mysql(const ProbeTarget& target, const MysqlFailure& failure);

}  // namespace sonde::probe
