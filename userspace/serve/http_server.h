#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "serve/handler.h"
#include "serve/types.h"

struct MHD_Daemon;

namespace sonde::serve {

/// Serves HTTP/1.1 (RFC 9112) through libmicrohttpd: one thread reads and writes, others answer, so that a slow answer
/// holds up nobody else. GET, HEAD, POST, PUT, DELETE and OPTIONS reach the handler. A POST's body is read as
/// parameters if it is a form; any other is handed over as it came, up to max_body_bytes. Beyond max_connections,
/// clients wait to be accepted.
/// threads: the destructor may be called from any thread but a handler's; it waits for the running requests.
class HttpServer {
 public:
  /// errors: kBadInput, kPermission or kIo if the address cannot be had, saying what to do.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options, Handler handler);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  struct Work;  ///< what the callbacks of libmicrohttpd are given

  /// What was really bound, also when port 0 was asked for.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// The same as `host:port` or `[v6]:port`.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  struct Stop {
    void operator()(MHD_Daemon* daemon) const noexcept;
  };

  explicit HttpServer(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
  std::string address_;
  std::uint16_t port_ = 0;
  std::unique_ptr<MHD_Daemon, Stop> daemon_;  // last: it stops before what it uses goes
};

}  // namespace sonde::serve
