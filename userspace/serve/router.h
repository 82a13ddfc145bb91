#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "serve/handler.h"
#include "serve/types.h"

namespace sonde::serve {

/// Which methods a path answers; HEAD goes wherever GET does. Others are a 405.
enum class Methods : std::uint8_t { kGet, kGetAndPost, kPost, kGetAndDelete, kAny };

/// What stands in the place of `*` in a route's path.
using PathHandler = std::function<HttpResponse(const HttpRequest&, const std::string& part)>;

/// A table of paths. `/` lists them as links, any other path is a 404 that names them.
/// threads: filled before it serves, then any.
class Router {
 public:
  /// `title` says in a few words what is found there; an empty one keeps the path off the list.
  void add(std::string path, std::string title, Handler handler);

  /// The same for certain methods; those paths are off the list.
  void add(std::string path, Methods methods, Handler handler);

  /// `/label/*/values`: one `*` that stands for one part of the path, which is never empty.
  void add_pattern(const std::string& pattern, Methods methods, PathHandler handler);

  /// Answers what begins with `prefix` and has no route, and OPTIONS for all that begins with it.
  void add_rest(std::string prefix, Handler handler);

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  struct Route {
    std::string path;
    std::string title;
    Methods methods = Methods::kAny;
    Handler handler;
  };
  struct Pattern {
    std::string before;  // what precedes the part
    std::string after;
    Methods methods = Methods::kAny;
    PathHandler handler;
  };
  struct Rest {
    std::string prefix;
    Handler handler;
  };

  [[nodiscard]] HttpResponse landing_page() const;
  [[nodiscard]] HttpResponse not_found(const std::string& path) const;

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;
  std::vector<Rest> rests_;
};

}  // namespace sonde::serve
