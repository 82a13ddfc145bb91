#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "notify/senders.h"

namespace sonde::notify {

/// Answers each URL from its own script, then with 200 and `otherwise`, and keeps what it was asked to send.
/// threads: any.
struct FakeHttpClient final : HttpClient {
  std::map<std::string, std::deque<HttpOutcome>> script;
  std::vector<HttpPost> sent;
  std::string otherwise = "ok";

  HttpOutcome post(const HttpPost& request) override {
    const std::lock_guard lock(mutex);
    sent.push_back(request);
    std::deque<HttpOutcome>& replies = script[request.url];
    if (replies.empty()) return HttpReply{200, otherwise, std::nullopt};
    HttpOutcome reply = replies.front();
    replies.pop_front();
    return reply;
  }

  std::mutex mutex;
};

/// Takes every message, unless told otherwise.
struct FakeMailClient final : MailClient {
  std::deque<MailOutcome> script;
  std::vector<std::vector<std::string>> recipients;
  std::vector<std::string> messages;

  MailOutcome send(const MailRequest& request) override {
    recipients.push_back(request.recipients);
    messages.push_back(request.message);
    if (script.empty()) {
      return {.recipients = std::vector(request.recipients.size(), SmtpReply{250, "ok"}),
              .message = {250, "queued"},
              .last = {250, "queued"},
              .body_sent = true};
    }
    MailOutcome outcome = script.front();
    script.pop_front();
    return outcome;
  }
};

/// Every program ends with exit code 0, unless told otherwise.
struct FakeProgramRunner final : ProgramRunner {
  std::deque<Result<ProgramEnd>> script;
  std::vector<std::string> inputs;

  Result<ProgramEnd> run(std::span<const std::string>, const std::string& input, std::chrono::nanoseconds) override {
    inputs.push_back(input);
    if (script.empty()) return ProgramEnd{.exit_code = 0};
    Result<ProgramEnd> end = script.front();
    script.pop_front();
    return end;
  }
};

/// All three, for make_sender.
struct FakeTransports {
  FakeHttpClient http;
  FakeMailClient mail;
  FakeProgramRunner programs;

  Transports all() { return {http, mail, programs}; }
};

}  // namespace sonde::notify
