#include "serve/router.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "serve/html_text.h"

namespace sonde::serve {
namespace {

/// RFC 9110, section 15.5.6: a 405 says what is allowed.
std::string_view allowed(Methods methods) {
  switch (methods) {
    case Methods::kGet:
      return "GET, HEAD, OPTIONS";
    case Methods::kGetAndPost:
      return "GET, HEAD, POST, OPTIONS";
    case Methods::kPost:
      return "POST";
    case Methods::kGetAndDelete:
      return "GET, HEAD, DELETE, OPTIONS";
    case Methods::kAny:
      return "GET, HEAD, POST";
  }
  std::abort();
}

bool allows(Methods methods, std::string_view method) {
  if (method == "POST") return methods != Methods::kGet && methods != Methods::kGetAndDelete;
  if (method == "DELETE") return methods == Methods::kGetAndDelete;
  return (method == "GET" || method == "HEAD") && methods != Methods::kPost;
}

HttpResponse wrong_method(Methods methods) {
  const std::string names(allowed(methods));
  HttpResponse response = problem_response(405, "only " + names + " are understood here");
  response.headers.emplace_back("Allow", names);
  return response;
}

/// The part of `path` between the two; empty if they do not fit.
std::string_view between(std::string_view path, std::string_view before, std::string_view after) {
  if (path.size() <= before.size() + after.size() || path.substr(0, before.size()) != before ||
      path.substr(path.size() - after.size()) != after) {
    return {};
  }
  const std::string_view part = path.substr(before.size(), path.size() - before.size() - after.size());
  return part.find('/') == std::string_view::npos ? part : std::string_view();
}

}  // namespace

void Router::add(std::string path, std::string title, Handler handler) {
  routes_.push_back(Route{std::move(path), std::move(title), Methods::kAny, std::move(handler)});
}

void Router::add(std::string path, Methods methods, Handler handler) {
  routes_.push_back(Route{std::move(path), "", methods, std::move(handler)});
}

void Router::add_pattern(const std::string& pattern, Methods methods, PathHandler handler) {
  const std::size_t star = pattern.find('*');
  patterns_.push_back(Pattern{pattern.substr(0, star), pattern.substr(star + 1), methods, std::move(handler)});
}

void Router::add_rest(std::string prefix, Handler handler) {
  rests_.push_back(Rest{std::move(prefix), std::move(handler)});
}

HttpResponse Router::operator()(const HttpRequest& request) const {
  const auto rest = std::find_if(rests_.begin(), rests_.end(), [&](const Rest& each) {
    return request.path.compare(0, each.prefix.size(), each.prefix) == 0;
  });
  if (rest != rests_.end() && request.method == "OPTIONS") return rest->handler(request);
  for (const Route& route : routes_) {
    if (route.path != request.path) continue;
    return allows(route.methods, request.method) ? route.handler(request) : wrong_method(route.methods);
  }
  for (const Pattern& pattern : patterns_) {
    const std::string_view part = between(request.path, pattern.before, pattern.after);
    if (part.empty()) continue;
    return allows(pattern.methods, request.method) ? pattern.handler(request, std::string(part))
                                                   : wrong_method(pattern.methods);
  }
  if (rest != rests_.end()) return rest->handler(request);
  if (!allows(Methods::kAny, request.method)) return wrong_method(Methods::kAny);
  return request.path == "/" ? landing_page() : not_found(request.path);
}

HttpResponse Router::landing_page() const {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Sonde</title></head>\n"
      "<body>\n<h1>Sonde</h1>\n<ul>\n";
  for (const Route& route : routes_) {
    if (route.title.empty()) continue;
    const std::string path = escape_html(route.path);
    page += "<li><a href=\"" + path + "\">" + path + "</a> " + escape_html(route.title) + "</li>\n";
  }
  page += "</ul>\n</body>\n</html>\n";
  return HttpResponse{200, "text/html; charset=utf-8", std::make_shared<const std::string>(std::move(page))};
}

HttpResponse Router::not_found(const std::string& path) const {
  std::string text = "there is nothing at '" + sanitise_utf8(path) + "'; try one of:\n  /\n";
  for (const Route& route : routes_) {
    if (!route.title.empty()) text += "  " + route.path + "\n";
  }
  return text_response(404, std::move(text));
}

}  // namespace sonde::serve
