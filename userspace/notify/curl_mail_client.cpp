#include "notify/curl_mail_client.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "notify/curl_handles.h"
#include "notify/curl_options.h"
#include "notify/smtp_transcript.h"

namespace sonde::notify {
namespace {

/// What curl's callbacks work on.
struct Session {
  SmtpTranscript transcript;
  std::string_view unread;
};

/// Shape given by CURLOPT_READFUNCTION.
std::size_t give_message(char* into, std::size_t size, std::size_t count, void* from) {
  auto& session = *static_cast<Session*>(from);
  const std::size_t bytes = std::min(size * count, session.unread.size());
  std::memcpy(into, session.unread.data(), bytes);
  session.unread.remove_prefix(bytes);
  return bytes;
}

/// Shape given by CURLOPT_DEBUGFUNCTION: curl has no other way to tell which answer each recipient got. Commands hold
/// passwords: none is kept.
int follow(CURL*, curl_infotype kind, char* data, std::size_t size, void* into) {
  SmtpTranscript& transcript = static_cast<Session*>(into)->transcript;
  if (kind == CURLINFO_HEADER_OUT) transcript.sent({data, size});
  if (kind == CURLINFO_HEADER_IN) transcript.received({data, size});
  return 0;
}

std::string url_of(const Email& server) {
  const bool is_ipv6 = server.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + server.host + "]" : server.host;
  const std::string scheme = server.tls == MailTls::kImplicit ? "smtps://" : "smtp://";
  // What curl takes for a path is what it calls itself in EHLO.
  return scheme + host + ":" + std::to_string(server.port) + (server.hello.empty() ? "" : "/" + server.hello);
}

void set_login(CURL* easy, const Email& server) {
  const bool wants_tls = server.tls != MailTls::kNone;
  curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(wants_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set_tls(easy, server.tls_options);
  if (server.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, server.password.c_str());
  if (!server.identity.empty()) curl_easy_setopt(easy, CURLOPT_SASL_AUTHZID, server.identity.c_str());
  // Of all that a server offers, curl would first try Kerberos for a user with an @ in its name, and not come back.
  // Within TLS these two are as good as any.
  curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  curl_easy_setopt(easy, CURLOPT_SASL_IR, 1L);
}

/// The time between a command and its answer, too: curl does not count the farewell to the whole.
long answer_timeout_s(const MailRequest& request) {
  return std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.timeout).count()));
}

void set_session(CURL* easy, const MailRequest& request, Session& session) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms(request.timeout));
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, answer_timeout_s(request));
  // The connection ends within this attempt, and with these limits.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.message.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_message);
  curl_easy_setopt(easy, CURLOPT_READDATA, &session);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &follow);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &session);
}

std::string failure_of(CURLcode code) {
  if (code == CURLE_OK) return "";
  const std::string text = curl_easy_strerror(code);
  if (code == CURLE_USE_SSL_FAILED) {
    return "the mail server offers no STARTTLS: nothing was sent; set tls of the channel to what the server offers";
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    return text + "; give the channel the ca_file of the server's authority, or the name its certificate is for";
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<CurlMailClient>> CurlMailClient::create() {
  SONDE_TRY(start_curl());
  return std::unique_ptr<CurlMailClient>(new CurlMailClient());
}

MailOutcome CurlMailClient::send(const MailRequest& request) {
  const Easy easy(curl_easy_init());
  CurlList recipients;
  bool complete = easy != nullptr;
  for (const std::string& address : request.recipients) {
    complete = complete && append(recipients, "<" + address + ">");
  }
  if (!complete) return {.failure = "no memory for a message"};
  const Address address = address_of(url_of(request.server), request.server.tls_options);
  const std::string sender = "<" + request.server.from.address + ">";
  Session session{SmtpTranscript(request.recipients.size()), request.message};
  set_session(easy.get(), request, session);
  set_login(easy.get(), request.server);
  set_address(easy.get(), address);
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
  const CURLcode done = curl_easy_perform(easy.get());
  MailOutcome outcome = session.transcript.outcome();
  outcome.body_sent = session.unread.empty();
  outcome.failure = failure_of(done);
  return outcome;
}

}  // namespace sonde::notify
