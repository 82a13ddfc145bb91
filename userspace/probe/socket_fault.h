#pragma once

#include <string>

namespace sonde::probe {

/// What an error of a socket says of the other side, in plain words: "connection refused: nobody listens there".
/// units: `number` is a positive errno.
std::string describe_socket_error(int number);

}  // namespace sonde::probe
