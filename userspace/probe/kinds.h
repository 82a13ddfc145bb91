#pragma once

#include <memory>

#include "base/clock.h"
#include "probe/conversation.h"
#include "probe/types.h"

namespace sonde::probe {

/// The conversations there are, one file each. owner: the caller keeps `target` and `clock` alive.

/// ICMP and ICMPv6 echo (RFC 792, RFC 4443): over a ping socket (icmp(7)), or where the host allows none, a raw socket
/// that is narrowed to the replies of this attempt. Phases: setup, rtt.
std::unique_ptr<Conversation> talk_icmp(const ProbeTarget& target, const Peer& peer, const Clock& clock);

/// One question to a name server (RFC 1035) over UDP or TCP. Phases: connect, request.
std::unique_ptr<Conversation> talk_dns(const ProbeTarget& target, const Peer& peer, const Clock& clock);

/// A start of a session with PostgreSQL by libpq. With a user the login must succeed; without one every answer but
/// "not now" is good, a refused login too, as of pg_isready(1). Phases: connect.
std::unique_ptr<Conversation> talk_postgresql(const ProbeTarget& target, const Peer& peer, const Clock& clock);

/// libpq reads some variables of the environment whatever its parameters say: PGSERVICE makes every session fail if the
/// file does not define it, others go to the server, which refuses a session if it does not know the value. This takes
/// them out.  threads: to be called before there are any.
void prepare_postgresql();

/// The same with MySQL or MariaDB by libmariadb.
std::unique_ptr<Conversation> talk_mysql(const ProbeTarget& target, const Peer& peer, const Clock& clock);

/// A program that ends with 0 is up. It runs in a process group of its own, without a shell and with its standard
/// input closed; what is left of the group at the end is killed. Phases: run.
std::unique_ptr<Conversation> talk_command(const ProbeTarget& target, const Clock& clock);

}  // namespace sonde::probe
