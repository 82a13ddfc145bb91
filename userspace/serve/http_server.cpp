#include "serve/http_server.h"

#include <fcntl.h>
#include <microhttpd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>

#include "serve/compression.h"
#include "serve/form.h"
#include "serve/listen_socket.h"
#include "serve/peer_address.h"
#include "serve/worker_pool.h"

namespace sonde::serve {

struct HttpServer::Work {
  Handler handler;
  std::size_t max_body_bytes;
  WorkerPool pool;
};

namespace {

constexpr std::size_t kMinPackedBytes = std::size_t{1} << 10U;
constexpr std::string_view kAllowedMethods = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

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

std::string_view header(MHD_Connection* connection, const char* name) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view() : value;
}

/// Replaces the text by its packed form where that is wanted and worth it.
void pack(HttpResponse& answer, bool takes_gzip) {
  if (!answer.compressible || answer.body == nullptr) return;
  answer.headers.emplace_back(MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
  if (!takes_gzip || answer.body->size() <= kMinPackedBytes) return;
  std::string packed = gzip(*answer.body);
  if (packed.empty()) return;
  answer.body = std::make_shared<const std::string>(std::move(packed));
  answer.headers.emplace_back(MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
}

MHD_Result send(MHD_Connection* connection, const HttpResponse& answer) {
  const ResponseHandle response = make_response(answer);
  if (response == nullptr) return MHD_NO;
  if (answer.body != nullptr) {
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type.c_str());
  }
  for (const auto& [name, value] : answer.headers) {
    MHD_add_response_header(response.get(), name.c_str(), value.c_str());
  }
  return MHD_queue_response(connection, answer.status, response.get());
}

enum class Stage : std::uint8_t { kHead, kBody, kAnswered };

/// A request on its way in.
/// threads: the server's, save that `answer` belongs to a worker while the connection is suspended.
struct Arrival {
  std::string target;  // path and query as they were sent
  std::string body;
  std::size_t body_bytes = 0;  // that came, also those that are not kept because they are too many
  Stage stage = Stage::kHead;
  bool is_form = false;
  bool takes_gzip = false;
  std::optional<HttpResponse> answer;  // there is none after an exception
};

bool is_allowed(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

bool is_form(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::equal(type.begin(), type.end(), kFormType.begin(), kFormType.end(),
                    [](unsigned char byte, char wanted) { return std::tolower(byte) == wanted; });
}

HttpResponse wrong_method() {
  HttpResponse response =
      problem_response(MHD_HTTP_METHOD_NOT_ALLOWED, "only " + std::string(kAllowedMethods) + " are understood here");
  response.headers.emplace_back(MHD_HTTP_HEADER_ALLOW, kAllowedMethods);
  return response;
}

HttpResponse too_long(std::size_t max_body_bytes) {
  return problem_response(MHD_HTTP_CONTENT_TOO_LARGE, "the body is longer than " + std::to_string(max_body_bytes) +
                                                          " bytes: send less at once, or raise server.max_body_size");
}

/// What is wrong with a request's head; status 0 if nothing is.
HttpResponse find_fault(MHD_Connection* connection, std::string_view method, std::size_t max_body_bytes) {
  if (!is_allowed(method)) return wrong_method();
  if (const std::string_view digits = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH); !digits.empty()) {
    std::size_t bytes = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
    if (failed != std::errc{} || end != digits.data() + digits.size() || bytes > max_body_bytes) {
      return too_long(max_body_bytes);
    }
  }
  HttpResponse fine;
  fine.status = 0;
  return fine;
}

HttpResponse call(const Handler& handler, const HttpRequest& request) {
  try {
    return handler(request);
  } catch (const std::exception& thrown) {
    return problem_response(MHD_HTTP_INTERNAL_SERVER_ERROR, std::string("this request failed: ") + thrown.what());
  } catch (...) {
    return problem_response(MHD_HTTP_INTERNAL_SERVER_ERROR, "this request failed");
  }
}

/// As Go's Request.ParseForm joins them: the body's parameters come first.
Result<HttpRequest> read_request(Arrival& arrival, std::string_view method) {
  HttpRequest request;
  request.method = method;
  const std::string_view target = arrival.target;
  const std::size_t question = target.find('?');
  request.path = SONDE_TRY(decode_path(target.substr(0, question)));
  if (arrival.is_form) {
    request.query = SONDE_TRY(parse_form(arrival.body));
    request.form = std::move(arrival.body);
  } else {
    request.body = std::move(arrival.body);
  }
  if (question != std::string_view::npos) request.query.append(SONDE_TRY(parse_form(target.substr(question + 1))));
  return request;
}

/// What of a connection's head, and of the connection itself, handlers look at.
void read_head(MHD_Connection* connection, HttpRequest& request) {
  request.host = header(connection, MHD_HTTP_HEADER_HOST);
  request.content_type = header(connection, MHD_HTTP_HEADER_CONTENT_TYPE);
  request.authorization = header(connection, MHD_HTTP_HEADER_AUTHORIZATION);
  request.origin = header(connection, MHD_HTTP_HEADER_ORIGIN);
  request.if_match = header(connection, MHD_HTTP_HEADER_IF_MATCH);
  request.idempotency_key = header(connection, "Idempotency-Key");
  request.slack_signature = header(connection, "X-Slack-Signature");
  request.slack_timestamp = header(connection, "X-Slack-Request-Timestamp");
  request.pagerduty_signature = header(connection, "X-PagerDuty-Signature");
  const MHD_ConnectionInfo* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  PeerAddress peer = peer_address(info == nullptr ? nullptr : info->client_addr);
  request.client = std::move(peer.text);
  request.from_loopback = peer.is_loopback;
}

/// Has a worker answer. The connection sleeps meanwhile; once it is resumed, on_request is called again.
void answer_later(HttpServer::Work& work, MHD_Connection* connection, Arrival& arrival, HttpRequest request) {
  arrival.stage = Stage::kAnswered;
  MHD_suspend_connection(connection);
  const bool taken = work.pool.run([&work, connection, &arrival, request = std::move(request)] {
    try {
      HttpResponse answer = call(work.handler, request);
      pack(answer, arrival.takes_gzip);
      arrival.answer = std::move(answer);
    } catch (const std::exception&) {  // out of memory: on_request closes the connection
    }
    MHD_resume_connection(connection);
  });
  if (taken) return;
  arrival.answer = problem_response(MHD_HTTP_SERVICE_UNAVAILABLE, "there is no thread to answer this; try again");
  MHD_resume_connection(connection);
}

MHD_Result answer_request(HttpServer::Work& work, MHD_Connection* connection, Arrival& arrival,
                          std::string_view method) {
  if (arrival.body_bytes > work.max_body_bytes) return send(connection, too_long(work.max_body_bytes));
  Result<HttpRequest> request = read_request(arrival, method);
  if (!request) return send(connection, problem_response(MHD_HTTP_BAD_REQUEST, request.error().what));
  read_head(connection, *request);
  answer_later(work, connection, arrival, *std::move(request));
  return MHD_YES;
}

/// Called first of all, with what no later callback is given: the address before it is decoded. What is returned is
/// the state that on_request and forget_request get.
void* on_target(void*, const char* target, MHD_Connection*) {
  try {
    auto arrival = std::make_unique<Arrival>();
    arrival->target = target;
    return arrival.release();
  } catch (const std::exception&) {  // out of memory: on_request closes the connection
    return nullptr;
  }
}

void forget_request(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
  delete static_cast<Arrival*>(std::exchange(*state, nullptr));
}

MHD_Result on_head(const HttpServer::Work& work, MHD_Connection* connection, Arrival& arrival,
                   std::string_view method) {
  arrival.stage = Stage::kBody;
  arrival.is_form = method == "POST" && is_form(header(connection, MHD_HTTP_HEADER_CONTENT_TYPE));
  arrival.takes_gzip = accepts_gzip(header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING));
  const HttpResponse fault = find_fault(connection, method, work.max_body_bytes);
  return fault.status == 0 ? MHD_YES : send(connection, fault);
}

/// A body in chunks says its length only with its end: what is too much is read so that the client hears of it, up to
/// where that is too much, too.
MHD_Result on_body(const HttpServer::Work& work, Arrival& arrival, std::string_view part) {
  constexpr std::size_t kPatience = 4;
  arrival.body_bytes += part.size();
  if (arrival.body_bytes <= work.max_body_bytes) {
    arrival.body += part;
    return MHD_YES;
  }
  arrival.body = {};
  return arrival.body_bytes / kPatience <= work.max_body_bytes ? MHD_YES : MHD_NO;
}

/// libmicrohttpd calls this once when the head is complete, then for every part of a body, then once more to be
/// answered, and again after a worker has done that. shape: MHD_AccessHandlerCallback.
MHD_Result on_request(void* server, MHD_Connection* connection, const char*, const char* method, const char*,
                      const char* upload, std::size_t* upload_bytes, void** state) {
  if (*state == nullptr) return MHD_NO;
  Arrival& arrival = *static_cast<Arrival*>(*state);
  HttpServer::Work& work = *static_cast<HttpServer::Work*>(server);
  try {
    switch (arrival.stage) {
      case Stage::kHead:
        return on_head(work, connection, arrival, method);
      case Stage::kBody: {
        const std::size_t bytes = std::exchange(*upload_bytes, 0);
        if (bytes > 0) return on_body(work, arrival, {upload, bytes});
        return answer_request(work, connection, arrival, method);
      }
      case Stage::kAnswered:
        return arrival.answer ? send(connection, *arrival.answer) : MHD_NO;
    }
  } catch (const std::exception&) {  // out of memory: close this connection, keep the others
  }
  return MHD_NO;
}

unsigned timeout_seconds(std::chrono::nanoseconds timeout) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout).count();
  return static_cast<unsigned>(std::clamp<std::int64_t>(seconds, 1, 86'400));
}

}  // namespace

void HttpServer::Stop::operator()(MHD_Daemon* daemon) const noexcept { MHD_stop_daemon(daemon); }

HttpServer::HttpServer(std::unique_ptr<Work> work) : work_(std::move(work)) {}

// libmicrohttpd must not stop while connections are suspended.
HttpServer::~HttpServer() { work_->pool.stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, Handler handler) {
  const ListenSocket socket = SONDE_TRY(open_listen_socket(options.listen));
  // libmicrohttpd closes the socket it is given when it stops, but not in every case when it fails to start: hand it
  // a copy, and rather leak that one then than close a number that may be someone else's by now.
  const int handed_over = fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0);
  if (handed_over < 0) return Error::from_errno(errno, "listen on " + options.listen);
  // A connection has one request at a time: with so many workers, none of them ever waits for another.
  std::unique_ptr<HttpServer> server(new HttpServer(std::unique_ptr<Work>(
      new Work{std::move(handler), options.max_body_bytes, WorkerPool(options.max_connections)})));
  server->port_ = socket.port;
  server->address_ = socket.address;
  server->daemon_.reset(
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0,
                       nullptr, nullptr, &on_request, server->work_.get(), MHD_OPTION_EXTERNAL_LOGGER, &ignore_message,
                       nullptr, MHD_OPTION_URI_LOG_CALLBACK, &on_target, nullptr, MHD_OPTION_NOTIFY_COMPLETED,
                       &forget_request, nullptr, MHD_OPTION_LISTEN_SOCKET, handed_over, MHD_OPTION_CONNECTION_LIMIT,
                       static_cast<unsigned>(options.max_connections), MHD_OPTION_CONNECTION_TIMEOUT,
                       timeout_seconds(options.idle_timeout), MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END));
  if (server->daemon_ == nullptr) {
    return Error{Code::kIo, "serve on " + options.listen +
                                ": the HTTP server did not start; look for exhausted threads or file descriptors "
                                "(`ulimit -u`, `ulimit -n`)"};
  }
  return server;
}

}  // namespace sonde::serve
