#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "serve/types.h"

namespace sonde::app {

/// Has another Sonde answer a request, and gives its answer, whatever it is.
/// shape: `url` is its address, without a path. The request goes on with its method, path, parameters, body, and what
/// it shows of who sends it.
/// errors: kIo if nothing answers in time, or `stop` is requested, which it sees within a second.
/// threads: any, after notify::start_curl().
Result<serve::HttpResponse> forward(const std::string& url, const serve::HttpRequest& request,
                                    std::chrono::milliseconds timeout, const std::stop_token& stop = {});

/// The address that is asked: a form's fields, which came first among the parameters, are in its body.
std::string forwarded_url(const std::string& url, const serve::HttpRequest& request);

}  // namespace sonde::app
