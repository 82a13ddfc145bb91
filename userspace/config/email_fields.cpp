#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/mail_values.h"
#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using EmailReading = Reading<EmailSettings>;

template <std::string EmailSettings::*kText>
bool read_text_of(const Value& value, EmailReading& reading) {
  return value.read_free_text(reading.into.*kText);
}

bool read_recipients(const Value& value, EmailReading& reading) {
  std::string text;
  if (!value.read_free_text(text)) return false;
  if (text.empty()) return true;
  if (const auto parsed = parse_mailboxes(text); !parsed) return value.refuse(parsed.error().what);
  reading.into.to = std::move(text);
  return true;
}

template <SecretSetting EmailSettings::*kSecret>
bool read_secret_of(const Value& value, EmailReading& reading) {
  return read_secret(value, reading.into.*kSecret);
}

template <SecretSetting EmailSettings::*kSecret>
bool read_secret_file_of(const Value& value, EmailReading& reading) {
  return read_secret_file(value, reading.into.*kSecret, reading.draft);
}

template <std::size_t kName>
bool read_message_text(const Value& value, EmailReading& reading) {
  constexpr std::array<std::string_view, 2> kNames{"html", "text"};
  return value.read_free_text(reading.into.texts[std::string(kNames[kName])]) && note_own_words(value, reading.draft);
}

constexpr std::array kEmailFields{
    Field<EmailReading>{"to", &read_recipients},
    Field<EmailReading>{
        "from", [](const Value& value, EmailReading& reading) { return read_sender(value, reading.into.from); }},
    Field<EmailReading>{
        "hello", [](const Value& value, EmailReading& reading) { return read_hello(value, reading.into.hello); }},
    Field<EmailReading>{
        "smarthost",
        [](const Value& value, EmailReading& reading) { return read_smarthost(value, reading.into.smarthost); }},
    Field<EmailReading>{"auth_username", &read_text_of<&EmailSettings::auth_username>},
    Field<EmailReading>{"auth_identity", &read_text_of<&EmailSettings::auth_identity>},
    Field<EmailReading>{"auth_password", &read_secret_of<&EmailSettings::auth_password>},
    Field<EmailReading>{"auth_password_file", &read_secret_file_of<&EmailSettings::auth_password>},
    Field<EmailReading>{"auth_secret", &read_secret_of<&EmailSettings::auth_secret>},
    Field<EmailReading>{"auth_secret_file", &read_secret_file_of<&EmailSettings::auth_secret>},
    Field<EmailReading>{
        "require_tls",
        [](const Value& value, EmailReading& reading) { return read_yes_no(value, reading.into.require_tls); }},
    Field<EmailReading>{
        "send_resolved",
        [](const Value& value, EmailReading& reading) { return read_yes_no(value, reading.into.send_resolved); }},
    Field<EmailReading>{"headers",
                        [](const Value& value, EmailReading& reading) {
                          return read_texts_by_name(value, reading.into.headers) &&
                                 note_own_words(value, reading.draft);
                        }},
    Field<EmailReading>{"tls_config",
                        [](const Value& value, EmailReading& reading) {
                          return read_tls(value, Reading<TlsSettings>{reading.into.tls, reading.draft});
                        }},
    Field<EmailReading>{"threading",
                        [](const Value& value, EmailReading& reading) {
                          return ignore(value, reading.draft,
                                        "has no effect: all messages of an incident are a thread");
                        }},
    Field<EmailReading>{"html", &read_message_text<0>},
    Field<EmailReading>{"text", &read_message_text<1>},
};

bool check_headers(const Value& value, const EmailSettings& email) {
  std::vector<std::string> names;
  for (const auto& [name, text] : email.headers) {
    std::string& lowered = names.emplace_back(name);
    std::ranges::transform(lowered, lowered.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  return twice == names.end() || value.refuse("has the header " + shown_value(*twice) + " twice: case does not matter");
}

/// What of its login cannot be carried out, or should not be.
void note_login(const Value& value, const EmailReading& reading) {
  const EmailSettings& email = reading.into;
  if (email.auth_username.empty()) return;
  if (!email.auth_password.is_given()) {
    ignore(value, reading.draft,
           email.auth_secret.is_given() ? "does not log in: CRAM-MD5, which auth_secret is for, is not spoken; use "
                                          "auth_password"
                                        : "does not log in: auth_username has no auth_password");
  } else if (!email.require_tls && !parse_smarthost(email.smarthost)->is_implicit_tls) {
    ignore(value, reading.draft, "sends its password in the clear, because require_tls is false");
  }
}

}  // namespace

bool read_sender(const Value& value, std::string& into) {
  std::string text;
  if (!value.read_free_text(text)) return false;
  if (const auto parsed = parse_mailbox(text); !text.empty() && !parsed) return value.refuse(parsed.error().what);
  into = std::move(text);
  return true;
}

bool read_hello(const Value& value, std::string& into) {
  std::string text;
  if (!value.read_free_text(text)) return false;
  if (!text.empty() && !parse_smarthost(text + ":25")) {
    return value.refuse("must be the name of a host, by which mail servers know this one");
  }
  into = std::move(text);
  return true;
}

/// Nothing, or HOST:PORT, where the port may have a name.
bool read_smarthost(const Value& value, std::string& into) {
  std::string text;
  if (!value.read_free_text(text)) return false;
  if (const auto parsed = parse_smarthost(text); !text.empty() && !parsed) return value.refuse(parsed.error().what);
  into = std::move(text);
  return true;
}

bool read_email(const Value& value, EmailReading reading) {
  const EmailSettings given = reading.into;
  // What a channel says of its own replaces both forms of the global secret.
  reading.into.auth_password = {};
  if (!read_fields<EmailReading>(value, kEmailFields, reading, true)) return false;
  EmailSettings& email = reading.into;
  if (!email.auth_password.text.empty() && !email.auth_password.file.empty()) {
    return value.refuse("has auth_password and auth_password_file: keep one of both");
  }
  if (!email.auth_password.is_given()) email.auth_password = given.auth_password;
  if (email.smarthost.empty()) email.smarthost = given.smarthost;
  if (email.from.empty()) email.from = given.from;
  if (email.to.empty()) return value.refuse("needs the addresses of the recipients: to");
  if (email.smarthost.empty()) return value.refuse("needs a mail server: smarthost, here or global.smtp_smarthost");
  if (email.from.empty()) return value.refuse("needs a sender: from, here or global.smtp_from");
  note_login(value, reading);
  return check_headers(value, email);
}

}  // namespace sonde::config
