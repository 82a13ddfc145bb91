#include "app/host_name.h"

#include <unistd.h>

#include <array>

namespace sonde::app {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace sonde::app
