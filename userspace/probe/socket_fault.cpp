#include "probe/socket_fault.h"

#include <cerrno>
#include <cstring>

namespace sonde::probe {

std::string describe_socket_error(int number) {
  switch (number) {
    case ECONNREFUSED:
      return "connection refused: nobody listens there";
    case EHOSTUNREACH:
      return "no route to the host";
    case ENETUNREACH:
      return "the network cannot be reached";
    case ETIMEDOUT:
      return "the host does not answer";
    case ECONNRESET:
    case EPIPE:
      return "the connection broke";
    case EPERM:
    case EACCES:
      // A firewall's verdict of sendto(2), or a route that prohibits (ip-route(8)).
      return "the firewall or the routes of this host forbid it";
    case EMFILE:
    case ENFILE:
      return "this host has no file descriptor left for it";
    default: {
      const char* text = ::strerrordesc_np(number);
      return std::string("cannot talk to it: ") + (text == nullptr ? "unknown error" : text);
    }
  }
}

}  // namespace sonde::probe
