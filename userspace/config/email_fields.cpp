#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using EmailReading = Reading<EmailSettings>;

template <std::string EmailSettings::*kText>
bool read_text_of(const Value& value, EmailReading& reading) {
  return value.read_free_text(reading.into.*kText);
}

template <SecretSetting EmailSettings::*kSecret>
bool read_secret_of(const Value& value, EmailReading& reading) {
  return read_secret(value, reading.into.*kSecret);
}

template <SecretSetting EmailSettings::*kSecret>
bool read_secret_file_of(const Value& value, EmailReading& reading) {
  return read_secret_file(value, reading.into.*kSecret);
}

template <std::size_t kName>
bool read_message_text(const Value& value, EmailReading& reading) {
  constexpr std::array<std::string_view, 2> kNames{"html", "text"};
  return value.read_free_text(reading.into.texts[std::string(kNames[kName])]);
}

constexpr std::array kEmailFields{
    Field<EmailReading>{"to", &read_text_of<&EmailSettings::to>},
    Field<EmailReading>{"from", &read_text_of<&EmailSettings::from>},
    Field<EmailReading>{"hello", &read_text_of<&EmailSettings::hello>},
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
    Field<EmailReading>{
        "headers",
        [](const Value& value, EmailReading& reading) { return read_texts_by_name(value, reading.into.headers); }},
    Field<EmailReading>{"tls_config",
                        [](const Value& value, EmailReading& reading) {
                          return read_tls(value, Reading<TlsSettings>{reading.into.tls, reading.draft});
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

}  // namespace

/// Nothing, or HOST:PORT, where the port may have a name.
bool read_smarthost(const Value& value, std::string& into) {
  std::string text;
  if (!value.read_free_text(text)) return false;
  const std::size_t colon = text.rfind(':');
  const bool is_address = colon != std::string::npos && colon + 1 < text.size() &&
                          (text.find(':') == colon || (text.starts_with('[') && text[colon - 1] == ']'));
  if (!text.empty() && !is_address)
    return value.refuse("must be the HOST:PORT of a mail server, such as mail.example:587");
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
  return check_headers(value, email);
}

}  // namespace sonde::config
