#include "config/mail_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

constexpr std::uint16_t kSubmission = 587;   // RFC 6409
constexpr std::uint16_t kSubmissions = 465;  // RFC 8314

Error bad(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

bool is_host(std::string_view text, bool in_brackets) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
    const bool is_name = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
    return is_name || (in_brackets && letter == ':');
  });
}

Result<std::uint16_t> read_port(std::string_view text) {
  constexpr std::uint64_t kMost = 65'535;
  const auto number = parse_whole_number(text);
  if (!number || *number == 0 || *number > kMost) return bad("needs a port from 1 to 65535 after the host");
  return static_cast<std::uint16_t>(*number);
}

/// IANA's names of the ports that mail servers listen at, and another one that is in use.
Result<std::uint16_t> read_named_port(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::uint16_t>, 4> kNames{
      {{"smtp", 25}, {"submission", kSubmission}, {"submissions", kSubmissions}, {"smtps", kSubmissions}}};
  const auto* const found = std::ranges::find(kNames, text, &std::pair<std::string_view, std::uint16_t>::first);
  return found == kNames.end() ? read_port(text) : Result<std::uint16_t>(found->second);
}

/// Letters of an address as they may stand in a header and in a command (RFC 5321, 4.1.2, without quoted strings).
bool is_address_letter(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte > 0x20 && byte < 0x7F && std::string_view("<>()[],;:\\\"@").find(letter) == std::string_view::npos;
}

bool is_address(std::string_view text) {
  constexpr std::size_t kLongest = 254;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > kLongest) return false;
  const std::string_view domain = text.substr(at + 1);
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), is_address_letter) &&
         std::all_of(domain.begin(), domain.end(), is_address_letter);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<MailServer> parse_mail_server(std::string_view text) {
  MailServer server;
  server.is_implicit_tls = text.starts_with("smtps://");
  if (!server.is_implicit_tls && !text.starts_with("smtp://")) {
    return bad("must start with smtp:// or smtps://, as in smtp://mail.example:587");
  }
  text.remove_prefix(text.find("://") + 3);
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.find('@') != std::string_view::npos) return bad("holds a user: give it with user and password_file");
  const bool in_brackets = text.starts_with('[');
  const std::size_t bracket = text.find(']');
  if (in_brackets && bracket == std::string_view::npos) return bad("has a [ without its ]");
  const std::size_t host_end = in_brackets ? bracket + 1 : std::min(text.find(':'), text.size());
  const std::string_view host = in_brackets ? text.substr(1, bracket - 1) : text.substr(0, host_end);
  if (!is_host(host, in_brackets)) return bad("needs the name or address of a host after ://, and at most a port");
  server.host = host;
  server.port = server.is_implicit_tls ? kSubmissions : kSubmission;
  const std::string_view rest = text.substr(host_end);
  if (rest.empty()) return server;
  if (!rest.starts_with(':')) return bad("needs the name or address of a host after ://, and at most a port");
  server.port = SONDE_TRY(read_port(rest.substr(1)));
  return server;
}

Result<MailServer> parse_smarthost(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool in_brackets = text.starts_with('[') && colon != std::string_view::npos && text[colon - 1] == ']';
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_host(in_brackets ? host.substr(1, host.size() - 2) : host, in_brackets)) {
    return bad("must be the HOST:PORT of a mail server, such as mail.example:587");
  }
  MailServer server;
  server.host = in_brackets ? host.substr(1, host.size() - 2) : host;
  server.port = SONDE_TRY(read_named_port(text.substr(colon + 1)));
  server.is_implicit_tls = server.port == kSubmissions;
  return server;
}

Result<std::vector<notify::Mailbox>> parse_mailboxes(std::string_view text) {
  std::vector<notify::Mailbox> mailboxes;
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] == '"') quoted = !quoted;
    if (at < text.size() && (text[at] != ',' || quoted)) continue;
    mailboxes.push_back(SONDE_TRY(parse_mailbox(text.substr(start, at - start))));
    start = at + 1;
  }
  return mailboxes;
}

Result<notify::Mailbox> parse_mailbox(std::string_view text) {
  notify::Mailbox mailbox;
  std::string_view address = trimmed(text);
  if (address.ends_with('>')) {
    const std::size_t open = address.rfind('<');
    if (open == std::string_view::npos) return bad("has a > without its <");
    std::string_view name = trimmed(address.substr(0, open));
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    mailbox.name = name;
    address = trimmed(address.substr(open + 1, address.size() - open - 2));
  }
  if (!is_address(address)) {
    return bad("must be an address such as ops@example.com or \"Operations <ops@example.com>\", in ASCII");
  }
  mailbox.address = address;
  return mailbox;
}

}  // namespace sonde::config
