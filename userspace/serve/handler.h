#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "serve/types.h"

namespace sonde::serve {

/// Answers a request.  threads: any, many at a time.
/// errors: what it throws becomes a 500.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

/// An answer that owns its text.
inline HttpResponse text_response(unsigned status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

inline HttpResponse json_response(unsigned status, std::string json) {
  HttpResponse response = text_response(status, std::move(json));
  response.content_type = "application/json; charset=utf-8";
  return response;
}

/// What is wrong, where, and how to mend it: `{"error":"..."}`.  shape: `what` is made valid UTF-8.
HttpResponse problem_response(unsigned status, std::string_view what);

}  // namespace sonde::serve
