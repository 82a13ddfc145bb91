#include "serve/http_server.h"

#include <fcntl.h>
#include <microhttpd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <string_view>

#include "serve/listen_socket.h"

namespace sonde::serve {
namespace {

constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 10U;
constexpr std::string_view kAllowedMethods = "GET, HEAD, POST";

using Body = std::shared_ptr<const std::string>;

struct ResponseDelete {
  void operator()(MHD_Response* response) const noexcept { MHD_destroy_response(response); }
};
using ResponseHandle = std::unique_ptr<MHD_Response, ResponseDelete>;

void release_body(void* body) { delete static_cast<Body*>(body); }

// libmicrohttpd would print to standard error; what matters of it is returned from start().
void ignore_message(void*, const char*, va_list) {}

/// The text is sent from where it is; the response keeps it alive.
ResponseHandle make_response(const HttpResponse& answer) {
  auto body = std::make_unique<Body>(answer.body != nullptr ? answer.body : std::make_shared<const std::string>());
  const std::string& text = **body;
  ResponseHandle response(MHD_create_response_from_buffer_with_free_callback_cls(
      text.size(), const_cast<char*>(text.data()), &release_body, body.get()));
  if (response != nullptr) static_cast<void>(body.release());
  return response;
}

MHD_Result send(MHD_Connection* connection, const HttpResponse& answer) {
  const ResponseHandle response = make_response(answer);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type.c_str());
  if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_ALLOW, kAllowedMethods.data());
  }
  return MHD_queue_response(connection, answer.status, response.get());
}

bool is_allowed(std::string_view method) { return method == "GET" || method == "HEAD" || method == "POST"; }

/// What is wrong with a request's head; status 0 if nothing is.
HttpResponse find_fault(MHD_Connection* connection, std::string_view method) {
  if (!is_allowed(method)) {
    return text_response(MHD_HTTP_METHOD_NOT_ALLOWED,
                         "only " + std::string(kAllowedMethods) + " are understood here\n");
  }
  const auto header = [&](const char* name) { return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name); };
  if (header(MHD_HTTP_HEADER_TRANSFER_ENCODING) != nullptr) {
    return text_response(MHD_HTTP_LENGTH_REQUIRED, "send the body with a Content-Length, not in chunks\n");
  }
  if (const char* length = header(MHD_HTTP_HEADER_CONTENT_LENGTH); length != nullptr) {
    const std::string_view digits(length);
    std::size_t bytes = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
    if (failed != std::errc{} || end != digits.data() + digits.size() || bytes > kMaxBodyBytes) {
      return text_response(MHD_HTTP_CONTENT_TOO_LARGE,
                           "the body is longer than " + std::to_string(kMaxBodyBytes) + " bytes\n");
    }
  }
  HttpResponse fine;
  fine.status = 0;
  return fine;
}

MHD_Result collect_argument(void* query, MHD_ValueKind, const char* name, const char* value) {
  static_cast<std::map<std::string, std::string>*>(query)->emplace(name, value == nullptr ? "" : value);
  return MHD_YES;
}

HttpResponse call(const Handler& handler, const HttpRequest& request) {
  try {
    return handler(request);
  } catch (const std::exception& thrown) {
    return text_response(MHD_HTTP_INTERNAL_SERVER_ERROR, std::string("this request failed: ") + thrown.what() + "\n");
  } catch (...) {
    return text_response(MHD_HTTP_INTERNAL_SERVER_ERROR, "this request failed\n");
  }
}

MHD_Result answer_request(void* handler, MHD_Connection* connection, const char* url, const char* method) {
  HttpRequest request{method, url, {}};
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &collect_argument, &request.query);
  return send(connection, call(*static_cast<const Handler*>(handler), request));
}

/// libmicrohttpd calls this once when the head is complete, then for every part of a body, then once more to be
/// answered. shape: MHD_AccessHandlerCallback.
MHD_Result on_request(void* handler, MHD_Connection* connection, const char* url, const char* method, const char*,
                      const char*, std::size_t* upload_bytes, void** state) {
  static char head_seen;
  try {
    if (*state == nullptr) {
      *state = &head_seen;
      const HttpResponse fault = find_fault(connection, method);
      return fault.status == 0 ? MHD_YES : send(connection, fault);
    }
    if (*upload_bytes > 0) {
      *upload_bytes = 0;
      return MHD_YES;
    }
    return answer_request(handler, connection, url, method);
  } catch (const std::exception&) {  // out of memory: close this connection, keep the others
    return MHD_NO;
  }
}

unsigned timeout_seconds(std::chrono::nanoseconds timeout) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout).count();
  return static_cast<unsigned>(std::clamp<std::int64_t>(seconds, 1, 86'400));
}

}  // namespace

void HttpServer::Stop::operator()(MHD_Daemon* daemon) const noexcept { MHD_stop_daemon(daemon); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, Handler handler) {
  const ListenSocket socket = SONDE_TRY(open_listen_socket(options.listen));
  // libmicrohttpd closes the socket it is given when it stops, but not in every case when it fails to start: hand it
  // a copy, and rather leak that one then than close a number that may be someone else's by now.
  const int handed_over = fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0);
  if (handed_over < 0) return Error::from_errno(errno, "listen on " + options.listen);
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(handler)));
  server->port_ = socket.port;
  server->address_ = socket.address;
  server->daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, nullptr, nullptr, &on_request,
      &server->handler_, MHD_OPTION_EXTERNAL_LOGGER, &ignore_message, nullptr, MHD_OPTION_LISTEN_SOCKET, handed_over,
      MHD_OPTION_CONNECTION_LIMIT, static_cast<unsigned>(options.max_connections), MHD_OPTION_CONNECTION_TIMEOUT,
      timeout_seconds(options.idle_timeout), MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END));
  if (server->daemon_ == nullptr) {
    return Error{Code::kIo, "serve on " + options.listen +
                                ": the HTTP server did not start; look for exhausted threads or file descriptors "
                                "(`ulimit -u`, `ulimit -n`)"};
  }
  return server;
}

}  // namespace sonde::serve
