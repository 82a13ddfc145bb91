#include "app/carriers.h"

#include <utility>

namespace sonde::app {

Result<std::unique_ptr<Carriers>> Carriers::create(std::string user_agent) {
  auto http = SONDE_TRY(notify::CurlHttpClient::create(std::move(user_agent)));
  auto mail = SONDE_TRY(notify::CurlMailClient::create());
  return std::unique_ptr<Carriers>(new Carriers(std::move(http), std::move(mail)));
}

}  // namespace sonde::app
