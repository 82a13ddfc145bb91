#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace sonde::serve {

struct ServerOptions {
  std::string listen = "127.0.0.1:10977";  ///< host:port, [v6]:port, or :port for every address of both families
  std::uint32_t max_connections = 64;
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds{30};
};

struct HttpRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;
};

}  // namespace sonde::serve
