#include <sys/utsname.h>

#include <cerrno>
#include <string>

#include "base/utf8.h"
#include "host/collectors.h"

namespace sonde::host {

Result<> collect_uname(const CollectContext&, ReadingWriter& out) {
  utsname host{};
  if (::uname(&host) != 0) return Error::from_errno(errno, "uname");
  out.gauge("node_uname_info", "1, labelled with what uname(2) says of the host.")
      .add(1, {{"domainname", sanitise_utf8(host.domainname)},
               {"machine", host.machine},
               {"nodename", sanitise_utf8(host.nodename)},
               {"release", host.release},
               {"sysname", host.sysname},
               {"version", host.version}});
  return Ok{};
}

}  // namespace sonde::host
