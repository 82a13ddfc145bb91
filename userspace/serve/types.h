#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::serve {

/// What somebody may do; each may do what those before it may.
enum class Role : std::uint8_t {
  kRead,     ///< look at everything
  kOperate,  ///< also send alerts, acknowledge, silence
  kAdmin,    ///< also have the daemon read its rules anew
};

constexpr std::string_view name_of(Role role) {
  switch (role) {
    case Role::kRead:
      return "read";
    case Role::kOperate:
      return "operate";
    case Role::kAdmin:
      return "admin";
  }
  std::abort();
}

/// Somebody who may use the API. A user without a token, or without a password, cannot come in that way.
struct User {
  std::string name;
  Role role = Role::kRead;
  std::string token{};     ///< a secret
  std::string password{};  ///< a secret
};

struct ServerOptions {
  std::string listen = "127.0.0.1:10977";  ///< host:port, [v6]:port, or :port for every address of both families
  std::uint32_t max_connections = 64;
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds{30};
  std::uint64_t max_body_bytes = std::uint64_t{1} << 20U;
  std::vector<User> users{};  ///< none: everybody may read, and whoever is on this host may do everything
};

/// What a request asks with: names and values in the order they came; a name may come more than once.
class Parameters {
 public:
  using Parameter = std::pair<std::string, std::string>;

  Parameters() = default;
  Parameters(std::initializer_list<Parameter> parameters) : parameters_(parameters) {}

  void add(std::string name, std::string value) { parameters_.emplace_back(std::move(name), std::move(value)); }
  void append(Parameters more) {
    parameters_.insert(parameters_.end(), std::make_move_iterator(more.parameters_.begin()),
                       std::make_move_iterator(more.parameters_.end()));
  }

  /// The first value of that name; nullptr if there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const {
    for (const Parameter& parameter : parameters_) {
      if (parameter.first == name) return &parameter.second;
    }
    return nullptr;
  }

  /// The first value of that name; empty if there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const {
    const std::string* const found = find(name);
    return found == nullptr ? std::string_view() : *found;
  }

  /// Every value of that name, in order.
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const {
    std::vector<std::string> found;
    for (const Parameter& parameter : parameters_) {
      if (parameter.first == name) found.push_back(parameter.second);
    }
    return found;
  }

  [[nodiscard]] auto begin() const { return parameters_.begin(); }
  [[nodiscard]] auto end() const { return parameters_.end(); }

 private:
  std::vector<Parameter> parameters_;
};

/// shape: everything is decoded.
struct HttpRequest {
  std::string method;
  std::string path;
  Parameters query;    ///< of a form in the body first, then of the address
  std::string host{};  ///< whom the client asked: the Host header
  std::string body{};  ///< empty if it is a form
  std::string form{};  ///< the body as it came, if it is one
  std::string content_type{};
  std::string authorization{};
  std::string origin{};
  std::string if_match{};
  std::string idempotency_key{};
  std::string slack_signature{};  ///< X-Slack-Signature
  std::string slack_timestamp{};  ///< X-Slack-Request-Timestamp
  std::string pagerduty_signature{};
  std::string client{};        ///< the address of the connection's other end, without its port
  bool from_loopback = false;  ///< that end is on this host
  std::string user{};          ///< who has shown that they are it; empty: nobody has to
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;
  bool compressible = false;  ///< may be sent as gzip to those who take it
  std::vector<std::pair<std::string, std::string>> headers{};
};

}  // namespace sonde::serve
