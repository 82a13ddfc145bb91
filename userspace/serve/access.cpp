#include "serve/access.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "serve/credentials.h"
#include "serve/request_rate.h"

namespace sonde::serve {
namespace {

/// Answers that a load balancer or the service manager has to get without a secret.
constexpr std::array<std::string_view, 2> kOpenPaths{"/-/healthy", "/-/ready"};

/// What shows by itself that it may: a link by its token, and what others tell us by their signature.
constexpr std::string_view kLinkPrefix = "/ack/";
constexpr std::array<std::string_view, 2> kSignedPaths{kSlackPath, kPagerDutyPath};

/// What only looks although it is posted: Prometheus' API has no other posts.
constexpr std::string_view kQueryPrefix = "/api/v1/";
constexpr std::string_view kPreviewPath = "/api/sonde/v1/silences/preview";
constexpr std::string_view kAdminPrefix = "/-/";

/// A Prometheus that sends ten thousand alerts, 64 at a time, is far below both.
constexpr RateLimit kChanges{.per_second = 100, .burst = 2000};
constexpr RateLimit kWrongSecrets{.per_second = 0.2, .burst = 20};
constexpr const char* kRetryAfterSeconds = "5";

bool proves_itself(std::string_view path) {
  return path.starts_with(kLinkPrefix) || std::ranges::find(kSignedPaths, path) != kSignedPaths.end();
}

bool is_reading(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

HttpResponse too_often(std::string_view what) {
  HttpResponse response = problem_response(429, what);
  response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return response;
}

HttpResponse who_are_you(std::string_view what) {
  HttpResponse response = problem_response(401, what);
  response.headers.emplace_back("WWW-Authenticate", R"(Bearer realm="sonde")");
  response.headers.emplace_back("WWW-Authenticate", R"(Basic realm="sonde", charset="UTF-8")");
  return response;
}

/// The name or address of `host:port` or `[v6]:port`.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

/// Of a name, whoever runs its name server says what it means, and may say this host to a browser that has just
/// loaded their page under that name. An address means what it says.
bool means_what_it_says(std::string_view host) {
  const std::string_view name = name_in(host);
  if (name == "localhost" || name.starts_with('[')) return true;
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](unsigned char letter) { return letter == '.' || std::isdigit(letter) != 0; });
}

/// A browser sends the Origin with every request that changes something; other clients send none.
bool is_from_elsewhere(const HttpRequest& request, bool knows_users) {
  if (request.origin.empty()) return false;
  const std::size_t slashes = request.origin.find("://");
  if (slashes == std::string::npos || request.origin.substr(slashes + 3) != request.host) return true;
  return !knows_users && !means_what_it_says(request.host);
}

/// The types that a page's form can have sent without the browser asking us first (fetch standard, CORS-safelisted).
bool is_form_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find_first_of("; \t")));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return type == "application/x-www-form-urlencoded" || type == "multipart/form-data" || type == "text/plain";
}

/// What speaks against a change, whoever asks for it; status 0: nothing. A page of another site knows no token; and one
/// that sends no referrer, as ours, has no Origin.
HttpResponse refuse_foreign(const HttpRequest& request, const Need& need, bool knows_users) {
  HttpResponse fine;
  fine.status = 0;
  if (need.proven) return fine;
  if (is_from_elsewhere(request, knows_users)) {
    return problem_response(403, "a page of another site may not change anything here: its Origin is not " +
                                     std::string("the address that was asked"));
  }
  if (is_form_type(request.content_type)) {
    return problem_response(415,
                            "a form may not change anything here: send JSON with Content-Type: application/json, "
                            "or no body");
  }
  return fine;
}

}  // namespace

struct AccessGate::State {
  State(std::span<const User> known, const Clock& clock, Handler handler)
      : users(known), changes(kChanges, clock), wrong_secrets(kWrongSecrets, clock), next(std::move(handler)) {}

  const UserBook users;
  RequestRate changes;
  RequestRate wrong_secrets;
  const Handler next;
};

Need need_of(std::string_view method, std::string_view path) {
  if (proves_itself(path)) return {is_reading(method) ? Role::kRead : Role::kOperate, true, true};
  if (is_reading(method)) {
    return {Role::kRead, std::find(kOpenPaths.begin(), kOpenPaths.end(), path) != kOpenPaths.end()};
  }
  if (path.starts_with(kAdminPrefix)) return {Role::kAdmin};
  const bool only_looks = method == "POST" && (path.starts_with(kQueryPrefix) || path == kPreviewPath);
  return {only_looks ? Role::kRead : Role::kOperate};
}

AccessGate::AccessGate(std::span<const User> users, const Clock& clock, Handler next)
    : state_(std::make_shared<State>(users, clock, std::move(next))) {}

HttpResponse AccessGate::operator()(const HttpRequest& request) const {
  const Need need = need_of(request.method, request.path);
  const bool knows_users = !state_->users.is_empty();
  if (need.role != Role::kRead) {
    HttpResponse fault = refuse_foreign(request, need, knows_users);
    if (fault.status != 0) return fault;
    if (!state_->changes.take(request.client)) {
      return too_often("this client asks for too many changes: send fewer at a time, and wait in between");
    }
  }
  if (need.open) return state_->next(request);
  if (knows_users) return pass_known(request, need);
  if (need.role != Role::kRead && !request.from_loopback) {
    return problem_response(403,
                            "without users, only this host itself may change anything: ask from there, or name "
                            "users in server.auth of the configuration");
  }
  return state_->next(request);
}

HttpResponse AccessGate::pass_known(const HttpRequest& request, const Need& need) const {
  if (request.authorization.empty()) {
    return who_are_you("say who you are: with a bearer token, or with a name and a password, of a user that " +
                       std::string("server.auth of the configuration names"));
  }
  if (!state_->wrong_secrets.has_room(request.client)) {
    return too_often("too many wrong tokens or passwords came from this address: wait before you try again");
  }
  const auto shown = parse_authorization(request.authorization);
  const UserBook::Known* const user = shown ? state_->users.find(*shown) : nullptr;
  if (user == nullptr) {
    state_->wrong_secrets.take(request.client);
    return who_are_you(shown ? "nobody has this token or this name and password"
                             : "the Authorization header is neither `Bearer TOKEN` nor `Basic NAME:PASSWORD`");
  }
  if (user->role < need.role) {
    return problem_response(403, "user '" + user->name + "' has the role " + std::string(name_of(user->role)) +
                                     ", and this needs " + std::string(name_of(need.role)));
  }
  HttpRequest known = request;
  known.user = user->name;
  return state_->next(known);
}

}  // namespace sonde::serve
