#include "serve/router.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/utf8.h"

namespace sonde::serve {
namespace {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '&') {
      out += "&amp;";
    } else if (byte == '<') {
      out += "&lt;";
    } else if (byte == '>') {
      out += "&gt;";
    } else if (byte == '"') {
      out += "&quot;";
    } else {
      out += byte;
    }
  }
  return out;
}

}  // namespace

void Router::add(std::string path, std::string title, Handler handler) {
  routes_.push_back(Route{std::move(path), std::move(title), std::move(handler)});
}

HttpResponse Router::operator()(const HttpRequest& request) const {
  const auto found =
      std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) { return route.path == request.path; });
  if (found != routes_.end()) return found->handler(request);
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
