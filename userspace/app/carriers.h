#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "notify/curl_http_client.h"
#include "notify/curl_mail_client.h"
#include "notify/posix_program_runner.h"
#include "notify/senders.h"

namespace sonde::app {

/// Everything a message may travel by.
class Carriers {
 public:
  /// `user_agent` is what receivers see.  errors: kUnsupported if libcurl cannot start.
  [[nodiscard]] static Result<std::unique_ptr<Carriers>> create(std::string user_agent);

  /// owner: this object outlives what it returns.
  notify::Transports transports() { return {*http_, *mail_, programs_}; }

 private:
  Carriers(std::unique_ptr<notify::CurlHttpClient> http, std::unique_ptr<notify::CurlMailClient> mail) noexcept
      : http_(std::move(http)), mail_(std::move(mail)) {}

  std::unique_ptr<notify::CurlHttpClient> http_;
  std::unique_ptr<notify::CurlMailClient> mail_;
  notify::PosixProgramRunner programs_;
};

}  // namespace sonde::app
