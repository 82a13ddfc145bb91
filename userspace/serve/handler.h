#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "serve/types.h"

namespace sonde::serve {

/// Answers a request.  threads: called on the server's own thread, one request at a time.
/// errors: what it throws becomes a 500.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

/// An answer that owns its text.
inline HttpResponse text_response(unsigned status, std::string text) {
  return HttpResponse{status, "text/plain; charset=utf-8", std::make_shared<const std::string>(std::move(text))};
}

inline HttpResponse json_response(unsigned status, std::string json) {
  return HttpResponse{status, "application/json; charset=utf-8", std::make_shared<const std::string>(std::move(json))};
}

}  // namespace sonde::serve
