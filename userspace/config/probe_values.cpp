#include "config/probe_values.h"

#include <re2/re2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/http_values.h"
#include "config/secret_text.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using probe::ProbeKind;

constexpr std::array<std::string_view, 2> kNoYes{"false", "true"};
constexpr std::array<std::string_view, 2> kTransports{"udp", "tcp"};
constexpr std::array<std::string_view, 12> kDnsTypes{"A",  "AAAA", "CAA", "CNAME", "DS",  "MX",
                                                     "NS", "PTR",  "SOA", "SRV",   "TXT", "NAPTR"};
constexpr std::array<std::string_view, 6> kDnsRcodes{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};

bool has_own_port(ProbeKind kind) {
  return kind == ProbeKind::kDns || kind == ProbeKind::kPostgresql || kind == ProbeKind::kMysql ||
         kind == ProbeKind::kRedis;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.find_first_of("/?#@ \t") != std::string_view::npos) return false;
  if (host.find(':') == std::string_view::npos) return host.find_first_of("[]") == std::string_view::npos;
  return host.starts_with('[') && host.ends_with(']');
}

struct Endpoint {
  std::string_view host;
  bool has_port = false;
};

/// Nothing if the text is none.
std::optional<Endpoint> endpoint_of(std::string_view text) {
  constexpr std::uint64_t kMostPort = 65'535;
  Endpoint endpoint{text};
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && !text.ends_with(']')) {
    endpoint = {text.substr(0, colon), true};
    const std::uint64_t port = parse_whole_number(text.substr(colon + 1)).value_or(0);
    if (port == 0 || port > kMostPort) return std::nullopt;
  }
  return is_host(endpoint.host) ? std::optional(endpoint) : std::nullopt;
}

bool fits(const Endpoint& endpoint, ProbeKind kind) {
  return kind == ProbeKind::kIcmp ? !endpoint.has_port : endpoint.has_port || has_own_port(kind);
}

/// RFC 9110, 5.6.2: a token.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !name.empty() && name.find_first_not_of(kToken) == std::string_view::npos;
}

void add_header(Draft& draft, const Spot& spot, const std::string& name, const std::string& value) {
  if (!is_header_name(name)) return draft.log.add(spot, "is no name of a header (RFC 9110): letters, digits and '-'");
  if (value.find_first_of("\r\n") != std::string::npos) return draft.log.add(spot, "must be a header of one line");
  draft.probe.http.headers.emplace_back(name, value);
}

}  // namespace

bool read_url(const Value& value, Draft& draft) {
  std::string url;
  if (!value.read_text(url) || !value.accept(check_http_url(url))) return false;
  const std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos) {
    return value.refuse(
        "must be a URL without a user or a password, which everybody would see: there are the keys user and "
        "password_file");
  }
  draft.probe.kind = ProbeKind::kHttp;
  draft.probe.address = std::move(url);
  return true;
}

bool read_command(const Value& value, Draft& draft) {
  std::vector<std::string> words;
  if (!value.read_texts(words)) return false;
  if (words.empty() || !words.front().starts_with('/')) {
    return value.refuse("must be a list: the absolute path of a program, and its arguments; there is no shell");
  }
  draft.probe.kind = ProbeKind::kCommand;
  draft.probe.address = words.front();
  draft.probe.command = std::move(words);
  return true;
}

bool read_endpoint(const Value& value, Draft& draft, ProbeKind kind) {
  std::string text;
  if (!value.read_text(text)) return false;
  const auto endpoint = endpoint_of(text);
  if (!endpoint || !fits(*endpoint, kind)) {
    return value.refuse(shown_value(text) +
                        (kind == ProbeKind::kIcmp
                             ? " must be a host without a port, such as db.example or [::1]"
                             : " must be a host and a port, such as db.example:5432 or [::1]:5432"));
  }
  draft.probe.kind = kind;
  draft.probe.address = std::move(text);
  return true;
}

bool read_probe_method(const Value& value, Draft& draft) {
  std::string method;
  if (!value.read_text(method) || !check_method(value, method)) return false;
  draft.probe.http.method = std::move(method);
  return true;
}

bool read_expression(const Value& value, std::string& into) {
  std::string pattern;
  if (!value.read_text(pattern)) return false;
  const re2::RE2 compiled(pattern, re2::RE2::Quiet);
  if (!compiled.ok()) {
    return value.refuse(shown_value(pattern) + " is no regular expression (RE2): " + compiled.error());
  }
  into = std::move(pattern);
  return true;
}

bool read_ca_file(const Value& value, Draft& draft) {
  std::string path;
  if (!value.read_text(path)) return false;
  if (!path.starts_with('/')) return value.refuse(shown_value(path) + " must be an absolute path");
  draft.probe.ca_file = std::move(path);
  return true;
}

bool read_flag(const Value& value, bool& into) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kNoYes)) return false;
  into = choice == 1;
  return true;
}

bool read_ip_protocol(const Value& value, Draft& draft) {
  constexpr std::array<std::string_view, 2> kProtocols{"4", "6"};
  std::size_t choice = 0;
  if (!value.read_choice(choice, kProtocols)) return false;
  draft.probe.ip_protocol = choice == 0 ? 4 : 6;
  return true;
}

bool read_dns_type(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kDnsTypes)) return false;
  draft.probe.dns.type = kDnsTypes[choice];
  return true;
}

bool read_dns_rcode(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kDnsRcodes)) return false;
  draft.probe.dns.rcode = kDnsRcodes[choice];
  return true;
}

bool read_dns_transport(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kTransports)) return false;
  draft.probe.dns.transport = choice == 0 ? probe::DnsTransport::kUdp : probe::DnsTransport::kTcp;
  return true;
}

void take_header(Draft& draft, const std::string& name, const std::string& text, Position at) {
  add_header(draft, {at, child_path("probes." + draft.probe.name + ".headers", name)}, name, text);
}

void take_header_file(Draft& draft, const std::string& name, const std::string& text, Position at) {
  const Spot spot{at, child_path("probes." + draft.probe.name + ".header_files", name)};
  std::string value;
  const Node node{.kind = NodeKind::kScalar, .at = at, .tagged = false, .text = text, .items = {}, .entries = {}};
  if (read_secret_file(Value(node, spot, draft.log), draft, "the value of the header", value)) {
    add_header(draft, spot, name, value);
  }
}

void take_json(Draft& draft, const std::string& pointer, const std::string& text, Position at) {
  const Spot spot{at, child_path("probes." + draft.probe.name + ".json", pointer)};
  if (!pointer.starts_with('/')) {
    return draft.log.add(spot, "must be a JSON pointer (RFC 6901), such as /checks/0/state");
  }
  const re2::RE2 compiled(text, re2::RE2::Quiet);
  if (!compiled.ok()) return draft.log.add(spot, "is no regular expression (RE2): " + compiled.error());
  draft.probe.http.json.push_back({pointer, text});
}

}  // namespace sonde::config
