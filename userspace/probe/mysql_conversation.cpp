#include <curl/curl.h>
#include <errmsg.h>
#include <fcntl.h>
#include <mysql.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "probe/database_peer.h"
#include "probe/failure.h"
#include "probe/fiber.h"
#include "probe/kinds.h"
#include "probe/mysql_answer.h"
#include "probe/target_address.h"

extern "C" {
/// Called for everything that libmariadb reads and writes; exported for its trace plugins, and in none of its headers.
int ma_pvio_register_callback(my_bool is_added, void (*callback)(int, MYSQL*, const unsigned char*, size_t));

/// Loads it if need be. Its header, mysql/client_plugin.h, includes one that Debian's package lacks.
struct st_mysql_client_plugin* mysql_client_find_plugin(MYSQL* session, const char* name, int type);
}

namespace sonde::probe {
namespace {

/// Of a session's start: a greeting, certificates, some packets of the login.
constexpr std::uint64_t kMostBytes = 256U * 1024U;
constexpr std::size_t kMostPacketBytes = 64U * 1024U;
constexpr int kLoginPlugin = 2;  // MYSQL_CLIENT_AUTHENTICATION_PLUGIN

/// Who is asked for without a login. A login is always tried: a server counts handshakes that are broken off against
/// its client's host and shuts the host out after max_connect_errors (100) of them. It must have a name: libmariadb
/// says the one of the process's user in its place.
constexpr const char* kNobody = "sonde_probe";

/// Talks by libmariadb's calls that wait, on a stack of its own which is left wherever they would. Its calls that do
/// not wait (mysql_real_connect_start) do so nevertheless in a TLS handshake, and lose memory if they are broken off.
class MysqlConversation final : public Conversation {
 public:
  MysqlConversation(const ProbeTarget& target, const Peer& peer, const Clock& clock)
      : target_(target), peer_(peer), clock_(clock), fiber_([this] { talk(); }) {}

  ~MysqlConversation() override {
    is_broken_off_ = true;  // every wait fails from here on, so that the library comes to its end
    while (started_ && !is_through_) run();
  }
  MysqlConversation(const MysqlConversation&) = delete;
  MysqlConversation& operator=(const MysqlConversation&) = delete;

  [[nodiscard]] bool advance() override {
    if (over_ || (started_ && !is_fulfilled(wait_))) return over_;
    if (!started_) started_at_ = clock_.kernel_now();
    started_ = true;
    run();
    if (is_through_ && !over_) end("not enough memory");  // there was none for the stack
    return over_;
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
  struct Close {
    void operator()(MYSQL* session) const noexcept { mysql_close(session); }
  };

  /// libmariadb's callbacks are not told for whom they are called.
  static thread_local MysqlConversation* running;

  static bool prepare_library();
  static int wait_for(my_socket fd, my_bool is_read, int /*timeout: the engine's affair*/) {
    return running->wait_inside(fd, is_read != 0) ? 1 : 0;
  }
  static void on_transfer(int is_write, MYSQL* session, const unsigned char* what, size_t bytes) {
    if (running == nullptr) return;
    if (is_write != 0) {
      running->on_write(*session);
    } else {
      running->on_read(*session, what, bytes);
    }
  }

  [[nodiscard]] Reached reached() const {
    if (!connected_) return Reached::kResolved;
    return received_ == 0 ? Reached::kConnected : Reached::kAnswered;
  }

  void run() {
    running = this;
    is_through_ = fiber_.resume();
    running = nullptr;
  }

  bool wait_inside(int fd, bool is_read) {
    // Without the plugin that the server named, libmariadb tries another one, and would wait for an answer.
    lacks_login_ = lacks_login_ || mysql_errno(session_) == CR_AUTH_PLUGIN_CANNOT_LOAD;
    if (is_broken_off_ || lacks_login_) return false;
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    wait_ = {fd, is_read, !is_read};
    fiber_.suspend();
    if (is_broken_off_) return false;
    if (!connected_) os_error_ = take_connect_error(fd);
    connected_ = connected_ || os_error_ == 0;
    return os_error_ == 0;
  }

  void on_read(MYSQL& session, const unsigned char* what, size_t bytes) {
    connected_ = true;
    is_closed_ = static_cast<ssize_t>(bytes) <= 0;
    if (is_closed_) return;
    // The library's own buffer, which it has not looked at yet.
    spare_from_progress(const_cast<unsigned char*>(what), bytes);
    received_ += bytes;
    // The library may read on for ever without a wait, as long as something comes.
    is_nonsense_ = is_nonsense_ || received_ > kMostBytes;
    if (is_nonsense_) ::shutdown(mysql_get_socket(&session), SHUT_RDWR);
  }

  /// One error in place of a greeting makes libmariadb crash: 65535, the progress of a statement, for which it looks
  /// into a version that it does not have yet (ma_net_safe_read). It is made another one.
  void spare_from_progress(unsigned char* what, size_t bytes) {
    constexpr std::uint64_t kFirst = 4;  // after the packet's length and number: the mark of an error, and its number
    constexpr std::uint64_t kLast = 6;
    for (std::uint64_t at = std::max(received_, kFirst); at <= kLast && at < received_ + bytes; ++at) {
      unsigned char& byte = what[at - received_];
      progress_bytes_ += byte == 0xff ? 1 : 0;
      if (at != kLast || progress_bytes_ != kLast - kFirst + 1) continue;
      byte = 0x7f;
      is_nonsense_ = true;
    }
  }

  /// The first that is written is the answer to the greeting. With TLS it is a wish for TLS, and the handshake follows.
  void on_write(MYSQL& session) {
    result_.used_tls = mysql_get_ssl_cipher(&session) != nullptr;
    if (!target_.database.uses_tls || has_written_) return;
    has_written_ = true;
    const int fd = mysql_get_socket(&session);
    // Without TLS on the other side, libmariadb goes on in the clear unless it verifies certificates.
    lacks_tls_ = (session.server_capabilities & CLIENT_SSL) == 0;
    if (lacks_tls_) ::shutdown(fd, SHUT_RDWR);
    // It does the handshake on a descriptor that it has set to wait.
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    // It would compare the certificate with the address.
    const std::string name = question_of(target_).host;
    std::free(session.host);
    session.host = ::strdup(name.c_str());
  }

  void set_options(MYSQL& session) const {
    const my_bool yes = 1;
    const my_bool no = 0;
    const unsigned none = 0;
    const std::size_t most = kMostPacketBytes;
    mysql_options(&session, MARIADB_OPT_IO_WAIT, reinterpret_cast<const void*>(&wait_for));
    mysql_options(&session, MYSQL_OPT_LOCAL_INFILE, &none);
    mysql_options(&session, MYSQL_OPT_RECONNECT, &no);
    mysql_options(&session, MYSQL_OPT_MAX_ALLOWED_PACKET, &most);
    mysql_options(&session, MYSQL_SECURE_AUTH, &yes);
    // A server names the plugin of its login. None is loaded from here on: there are those that ask at the terminal,
    // and those that send the password as it is.
    mysql_options(&session, MYSQL_PLUGIN_DIR, "/dev/null");
    mysql_options4(&session, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "sonde-probe");
    if (!target_.database.uses_tls) return;
    mysql_options(&session, MYSQL_OPT_SSL_ENFORCE, &yes);
    mysql_options(&session, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, target_.verifies_tls ? &yes : &no);
    if (!target_.verifies_tls) return;
    const std::string trusted = target_.ca_file.empty() ? std::string(kHostCertificates) : target_.ca_file;
    mysql_options(&session, MYSQL_OPT_SSL_CA, trusted.c_str());
  }

  [[nodiscard]] MysqlFailure failure(MYSQL& session) const {
    return {.error = mysql_errno(&session),
            .message = mysql_error(&session),
            .reached = reached(),
            .os_error = os_error_,
            .is_closed = is_closed_,
            .lacks_tls = lacks_tls_,
            .lacks_login = lacks_login_,
            .is_nonsense = is_nonsense_};
  }

  /// On the fiber's stack.
  void talk() {
    const std::unique_ptr<MYSQL, Close> session(prepare_library() ? mysql_init(nullptr) : nullptr);
    if (session == nullptr) {
      end("not enough memory");
      return;
    }
    session_ = session.get();
    set_options(*session);
    const std::string& database = target_.database.database;
    const bool has_login = !target_.user.empty();
    const MYSQL* connected =
        mysql_real_connect(session.get(), numeric_host(peer_).c_str(), has_login ? target_.user.c_str() : kNobody,
                           has_login ? target_.password.c_str() : "", database.empty() ? nullptr : database.c_str(),
                           port_of(peer_), nullptr, 0);
    const bool is_fine = connected != nullptr && !lacks_tls_;
    end(is_fine ? "" : describe_mysql(target_, failure(*session)));
  }

  /// `reason`: empty if all is well.
  void end(std::string reason) {
    result_.success = reason.empty();
    result_.reason = std::move(reason);
    result_.phases = {{"connect", clock_.kernel_now() - started_at_}};
    over_ = true;
  }

  const ProbeTarget& target_;
  const Peer peer_;
  const Clock& clock_;
  MYSQL* session_ = nullptr;  ///< of talk(), as long as that runs
  KernelTime started_at_{};
  Wait wait_{};
  std::uint64_t received_ = 0;
  unsigned progress_bytes_ = 0;  ///< of the three that make up that error
  int os_error_ = 0;
  bool started_ = false;
  bool connected_ = false;
  bool has_written_ = false;
  bool lacks_tls_ = false;
  bool lacks_login_ = false;
  bool is_closed_ = false;
  bool is_nonsense_ = false;  ///< no server says that, or so much
  bool is_broken_off_ = false;
  bool over_ = false;        ///< there is a result; the library may still say goodbye
  bool is_through_ = false;  ///< nothing is left to run
  ProbeResult result_;
  Fiber fiber_;
};

thread_local MysqlConversation* MysqlConversation::running = nullptr;

/// Once for the process, and never undone: other threads may talk with it.
bool MysqlConversation::prepare_library() {
  static const bool is_ready = [] {
    if (mysql_library_init(0, nullptr, nullptr) != 0) return false;
    const std::unique_ptr<MYSQL, Close> session(mysql_init(nullptr));
    if (session == nullptr) return false;
    // Those of mysql_native_password come with the library. What is not installed is a login that cannot be done.
    for (const char* plugin : {"caching_sha2_password", "sha256_password", "client_ed25519"}) {
      mysql_client_find_plugin(session.get(), plugin, kLoginPlugin);
    }
    return ma_pvio_register_callback(1, &MysqlConversation::on_transfer) == 0;
  }();
  return is_ready;
}

}  // namespace

std::unique_ptr<Conversation> talk_mysql(const ProbeTarget& target, const Peer& peer, const Clock& clock) {
  return std::make_unique<MysqlConversation>(target, peer, clock);
}

}  // namespace sonde::probe
