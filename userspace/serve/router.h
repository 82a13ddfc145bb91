#pragma once

#include <string>
#include <vector>

#include "serve/handler.h"
#include "serve/types.h"

namespace sonde::serve {

/// A table of exact paths. `/` lists them as links, any other path is a 404 that names them.
/// threads: filled before it serves, then any.
class Router {
 public:
  /// `title` says in a few words what is found there; an empty one keeps the path off the list.
  void add(std::string path, std::string title, Handler handler);

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  struct Route {
    std::string path;
    std::string title;
    Handler handler;
  };

  [[nodiscard]] HttpResponse landing_page() const;
  [[nodiscard]] HttpResponse not_found(const std::string& path) const;

  std::vector<Route> routes_;
};

}  // namespace sonde::serve
