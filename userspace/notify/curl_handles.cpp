#include "notify/curl_handles.h"

#include <algorithm>

namespace sonde::notify {

bool append(CurlList& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return false;
  // Where there was a list, its first node stays the first.
  if (!list) list.reset(longer);
  return true;
}

Result<> start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started == CURLE_OK) return Ok{};
  return Error{Code::kUnsupported, std::string("start libcurl: ") + curl_easy_strerror(started)};
}

long timeout_ms(std::chrono::nanoseconds timeout) {
  return std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count()));
}

}  // namespace sonde::notify
