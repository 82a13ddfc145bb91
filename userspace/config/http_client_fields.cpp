#include <array>
#include <string>
#include <utility>

#include "config/routing_draft.h"

namespace sonde::config {
namespace {

/// Both that `http_config` fills.
struct Client {
  HttpClientSettings& http;
  TlsSettings& tls;
  RoutingDraft& draft;
};

constexpr std::array kAuthorizationFields{
    Field<Client>{"type",
                  [](const Value& value, Client& client) { return value.read_text(client.http.authorization_type); }},
    Field<Client>{"credentials",
                  [](const Value& value, Client& client) { return read_secret(value, client.http.credentials); }},
    Field<Client>{"credentials_file",
                  [](const Value& value, Client& client) {
                    return read_secret_file(value, client.http.credentials, client.draft);
                  }},
};

constexpr std::array kBasicFields{
    Field<Client>{"username", [](const Value& value, Client& client) { return value.read_text(client.http.username); }},
    Field<Client>{"password",
                  [](const Value& value, Client& client) { return read_secret(value, client.http.password); }},
    Field<Client>{
        "password_file",
        [](const Value& value, Client& client) { return read_secret_file(value, client.http.password, client.draft); }},
};

bool ignore_field(const Value& value, Client& client) {
  return ignore(value, client.draft, "has no effect: Sonde's HTTP client does not do it");
}

constexpr std::array kTlsFields{
    Field<Reading<TlsSettings>>{"ca_file",
                                [](const Value& value, Reading<TlsSettings>& tls) {
                                  return read_file_path(value, tls.into.ca_file, tls.draft);
                                }},
    Field<Reading<TlsSettings>>{"cert_file",
                                [](const Value& value, Reading<TlsSettings>& tls) {
                                  return read_file_path(value, tls.into.cert_file, tls.draft);
                                }},
    Field<Reading<TlsSettings>>{"key_file",
                                [](const Value& value, Reading<TlsSettings>& tls) {
                                  return read_file_path(value, tls.into.key_file, tls.draft);
                                }},
    Field<Reading<TlsSettings>>{
        "server_name",
        [](const Value& value, Reading<TlsSettings>& tls) { return value.read_free_text(tls.into.server_name); }},
    Field<Reading<TlsSettings>>{"insecure_skip_verify",
                                [](const Value& value, Reading<TlsSettings>& tls) {
                                  return read_yes_no(value, tls.into.insecure_skip_verify);
                                }},
    Field<Reading<TlsSettings>>{"min_version",
                                [](const Value& value, Reading<TlsSettings>& tls) {
                                  return ignore(value, tls.draft,
                                                "has no effect: TLS 1.2 is the oldest that is spoken");
                                }},
};

bool read_authorization(const Value& value, Client& client) {
  if (!read_fields<Client>(value, kAuthorizationFields, client, true)) return false;
  if (client.http.authorization_type.empty()) client.http.authorization_type = "Bearer";
  return true;
}

bool read_bearer_token(const Value& value, Client& client) {
  client.http.authorization_type = "Bearer";
  return read_secret(value, client.http.credentials);
}

bool read_bearer_token_file(const Value& value, Client& client) {
  client.http.authorization_type = "Bearer";
  return read_secret_file(value, client.http.credentials, client.draft);
}

constexpr std::array kClientFields{
    Field<Client>{"authorization", &read_authorization},
    Field<Client>{"basic_auth", [](const Value& value,
                                   Client& client) { return read_fields<Client>(value, kBasicFields, client, true); }},
    Field<Client>{"bearer_token", &read_bearer_token},
    Field<Client>{"bearer_token_file", &read_bearer_token_file},
    Field<Client>{"tls_config",
                  [](const Value& value, Client& client) {
                    return read_tls(value, Reading<TlsSettings>{client.tls, client.draft});
                  }},
    Field<Client>{"proxy_url",
                  [](const Value& value, Client& client) { return read_http_url(value, client.http.proxy_url); }},
    Field<Client>{"follow_redirects",
                  [](const Value& value, Client& client) { return read_yes_no(value, client.http.follow_redirects); }},
    Field<Client>{"oauth2", &ignore_field},
    Field<Client>{"enable_http2",
                  [](const Value& value, Client&) {
                    bool unused = false;  // the client speaks what the server offers
                    return read_yes_no(value, unused);
                  }},
    Field<Client>{"no_proxy", &ignore_field},
    Field<Client>{"proxy_from_environment",
                  [](const Value& value, Client&) {
                    bool unused = false;  // a proxy of the environment is used in any case
                    return read_yes_no(value, unused);
                  }},
    Field<Client>{"proxy_connect_header", &ignore_field},
    Field<Client>{"http_headers", &ignore_field},
};

/// At most one of a text and a file; false, and a fault, otherwise.
bool is_single(const SecretSetting& secret, const Value& value, const std::string& what) {
  if (secret.text.empty() || secret.file.empty()) return true;
  return value.refuse("has the " + what + " itself and the path of a file with it: keep one of both");
}

}  // namespace

bool ignore(const Value& value, RoutingDraft& draft, const std::string& why) {
  draft.notices.add(value.spot(), why);
  return true;
}

bool note_own_words(const Value& value, RoutingDraft& draft) {
  return ignore(value, draft, "has no effect: Sonde writes its own messages");
}

bool read_texts_by_name(const Value& value, std::map<std::string, std::string>& into) {
  const auto entries = read_entries(value);
  if (!entries) return false;
  bool all_sound = true;
  for (const NamedValue& entry : *entries) all_sound = entry.value.read_free_text(into[entry.name]) && all_sound;
  return all_sound;
}

bool read_tls(const Value& value, Reading<TlsSettings> reading) {
  return read_fields<Reading<TlsSettings>>(value, kTlsFields, reading);
}

bool read_http_client(const Value& value, Reading<HttpClientSettings> http, TlsSettings& tls) {
  Client client{http.into, tls, http.draft};
  if (!read_fields<Client>(value, kClientFields, client, true)) return false;
  if (!http.into.username.empty() && http.into.credentials.is_given()) {
    return value.refuse("has both basic_auth and authorization: keep the one the server wants");
  }
  return is_single(http.into.credentials, value, "credentials") && is_single(http.into.password, value, "password");
}

}  // namespace sonde::config
