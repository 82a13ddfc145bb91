#include <curl/curl.h>
#include <libpq-fe.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "probe/database_peer.h"
#include "probe/failure.h"
#include "probe/kinds.h"
#include "probe/postgresql_answer.h"
#include "probe/target_address.h"

namespace sonde::probe {
namespace {

/// Of a session's start: certificates, and some lines about the server. libpq would take in a gigabyte.
constexpr std::uint64_t kMostBytes = 256U * 1024U;

/// There is nothing below a device: libpq takes it for a file that is not there, and looks for none at home.
constexpr std::string_view kNoFile = "/dev/null/none";

/// Whom a probe without a login asks for; nobody needs to know it.
constexpr std::string_view kNobody = "sonde_probe";

/// Every server has it, unless somebody dropped it.
constexpr std::string_view kAnyDatabase = "postgres";

void add(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  text += "' ";
}

/// Everything that libpq would else look for in the environment or in files at home. As one text: among its arrays an
/// empty value counts as none, which is looked for.
std::string parameters(const ProbeTarget& target, const Peer& peer) {
  const bool verifies = target.database.uses_tls && target.verifies_tls;
  const std::string_view trusted = target.ca_file.empty() ? kHostCertificates : std::string_view(target.ca_file);
  const std::string_view database = target.database.database;
  std::string text;
  add(text, "hostaddr", numeric_host(peer));
  // Only for the certificate. Without a name libpq can do no Kerberos, for which it would ask other hosts and wait.
  add(text, "host", target.database.uses_tls ? question_of(target).host : std::string());
  add(text, "port", std::to_string(port_of(peer)));
  add(text, "user", target.user.empty() ? kNobody : std::string_view(target.user));
  add(text, "password", target.user.empty() ? "" : std::string_view(target.password));
  add(text, "dbname", database.empty() ? kAnyDatabase : database);
  add(text, "application_name", "sonde-probe");
  add(text, "sslmode", verifies ? "verify-full" : target.database.uses_tls ? "require" : "disable");
  add(text, "sslrootcert", verifies ? trusted : kNoFile);
  for (const char* file : {"passfile", "sslcert", "sslkey", "sslcrl"}) add(text, file, kNoFile);
  constexpr std::array kUnset{"sslcrldir", "sslpassword", "options", "requirepeer", "replication"};
  for (const char* name : kUnset) add(text, name, "");
  text +=
      "client_encoding=UTF8 gssencmode=disable krbsrvname=postgres channel_binding=prefer sslcompression=0 sslsni=1 "
      "ssl_min_protocol_version=TLSv1.2 ssl_max_protocol_version='' target_session_attrs=any connect_timeout=0";
  return text;
}

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

class PostgresqlConversation final : public Conversation {
 public:
  PostgresqlConversation(const ProbeTarget& target, const Peer& peer, const Clock& clock)
      : target_(target), peer_(peer), clock_(clock) {}

  [[nodiscard]] bool advance() override {
    if (over_) return true;
    if (connection_ != nullptr) {
      if (!is_fulfilled(wait_)) return false;
      return go_on();
    }
    started_at_ = clock_.kernel_now();
    connection_.reset(PQconnectStart(parameters(target_, peer_).c_str()));
    if (connection_ == nullptr) return end("not enough memory");
    PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
    // libpq prints what a server wants to be noticed.
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return fail();
    wait_ = {PQsocket(connection_.get()), false, true};
    return false;
  }

  [[nodiscard]] Wait wait() const override { return wait_; }

  [[nodiscard]] ProbeResult result() const override {
    ProbeResult result = result_;
    result.ip_protocol = peer_.ip_protocol();
    if (over_) return result;
    result.reason = describe(Failure{CURLE_OPERATION_TIMEDOUT, reached(), 0, 0, target_.timeout, {}});
    result.phases = {{"connect", clock_.kernel_now() - started_at_}};
    return result;
  }

 private:
  /// Only while libpq still has the connection, or for one that was not made.
  [[nodiscard]] Reached reached() const {
    if (!connected_) return Reached::kResolved;
    return received_ == 0 ? Reached::kConnected : Reached::kAnswered;
  }

  bool go_on() {
    const int fd = PQsocket(connection_.get());
    if (!connected_) {
      if (const int error = take_connect_error(fd); error != 0) {
        return end(describe(Failure{CURLE_COULDNT_CONNECT, Reached::kResolved, error, 0, {}, {}}));
      }
      connected_ = true;
    }
    received_ = received_bytes(fd);
    if (received_ > kMostBytes) return end("the answer is not PostgreSQL's");
    switch (PQconnectPoll(connection_.get())) {
      case PGRES_POLLING_OK:
        return end("");
      case PGRES_POLLING_READING:
        wait_ = {PQsocket(connection_.get()), true, false};
        return false;
      case PGRES_POLLING_WRITING:
      case PGRES_POLLING_ACTIVE:
        wait_ = {PQsocket(connection_.get()), false, true};
        return false;
      case PGRES_POLLING_FAILED:
        return fail();
    }
    std::abort();
  }

  bool fail() {
    const bool needs_password = PQconnectionNeedsPassword(connection_.get()) != 0;
    return end(describe_postgresql(target_, {PQerrorMessage(connection_.get()), needs_password, reached()}));
  }

  /// `reason`: empty if all is well.
  bool end(std::string reason) {
    result_.used_tls = connection_ != nullptr && PQsslInUse(connection_.get()) != 0;
    result_.success = reason.empty();
    result_.reason = std::move(reason);
    result_.phases = {{"connect", clock_.kernel_now() - started_at_}};
    connection_.reset();
    wait_ = {};
    over_ = true;
    return true;
  }

  const ProbeTarget& target_;
  const Peer peer_;
  const Clock& clock_;
  std::unique_ptr<PGconn, Finish> connection_;
  KernelTime started_at_{};
  Wait wait_{};
  std::uint64_t received_ = 0;
  bool connected_ = false;
  bool over_ = false;
  ProbeResult result_;
};

}  // namespace

void prepare_postgresql() {
  for (const char* name : {"PGSERVICE", "PGDATESTYLE", "PGTZ", "PGGEQO"}) {
    if (std::getenv(name) != nullptr) ::unsetenv(name);
  }
}

std::unique_ptr<Conversation> talk_postgresql(const ProbeTarget& target, const Peer& peer, const Clock& clock) {
  return std::make_unique<PostgresqlConversation>(target, peer, clock);
}

}  // namespace sonde::probe
