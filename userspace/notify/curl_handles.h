#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace sonde::notify {

struct EasyDelete {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDelete>;

struct ListDelete {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, ListDelete>;

/// Adds a text to a list, which may be null.  returns: false without memory.
bool append(CurlList& list, const std::string& text);

/// Once in a process, before anything else of libcurl.  errors: kUnsupported if it cannot start.
Result<> start_curl();

/// units: of CURLOPT_TIMEOUT_MS; never 0, which would be no limit.
long timeout_ms(std::chrono::nanoseconds timeout);

}  // namespace sonde::notify
