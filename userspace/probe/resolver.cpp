#include "probe/resolver.h"

#include <ares.h>
#include <sys/stat.h>

#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace sonde::probe {
namespace {

using std::chrono::milliseconds;

constexpr const char* kResolvConf = "/etc/resolv.conf";
constexpr int kTimeoutMs = 2'000;
constexpr int kTries = 3;

/// Changes when the file does.
std::string stamp_of(const char* path) {
  struct stat found {};
  if (stat(path, &found) != 0) return "";
  return std::to_string(found.st_ino) + "/" + std::to_string(found.st_mtim.tv_sec) + "." +
         std::to_string(found.st_mtim.tv_nsec);
}

/// c-ares' sockets, and what each waits for.
using Sockets = std::map<int, Wait>;

/// What a query of c-ares is handed and gives back.
struct Asked {
  std::shared_ptr<Lookup::State> state;
  std::vector<std::size_t>* woken;
  std::size_t* pending;
  std::string host;
};

std::string fault_of(int status, const std::string& host) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
    case ARES_ENONAME:
      return "the name " + host + " is not known";
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
      return "the name " + host + " was not resolved: the name server does not answer";
    default:
      return "the name " + host + " was not resolved: " + ares_strerror(status);
  }
}

/// Shape given by ares_addrinfo_callback.
void take_answer(void* argument, int status, int /*timeouts*/, ares_addrinfo* answer) {
  const std::unique_ptr<Asked> asked(static_cast<Asked*>(argument));
  const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(answer, &ares_freeaddrinfo);
  --*asked->pending;
  Lookup::State& state = *asked->state;
  state.done = true;
  asked->woken->push_back(state.token);
  const ares_addrinfo_node* node = answer == nullptr ? nullptr : answer->nodes;
  if (status != ARES_SUCCESS || node == nullptr) {
    state.fault = fault_of(status == ARES_SUCCESS ? ARES_ENODATA : status, asked->host);
    return;
  }
  state.peer.length = node->ai_addrlen;
  std::memcpy(&state.peer.address, node->ai_addr, node->ai_addrlen);
}

}  // namespace

class Resolver::Impl {
 public:
  explicit Impl(Watch watch) : watch_(std::move(watch)) {}
  ~Impl() { close(); }

  Result<> open() {
    static const int started = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.timeout = kTimeoutMs;
    options.tries = kTries;
    options.sock_state_cb = &Impl::take_socket;
    options.sock_state_cb_data = this;
    const int status =
        started != ARES_SUCCESS
            ? started
            : ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
      channel_ = nullptr;
      return Error{Code::kUnsupported, "start c-ares for probes: " + std::string(ares_strerror(status))};
    }
    stamp_ = stamp_of(kResolvConf);
    return Ok{};
  }

  std::unique_ptr<Lookup> look_up(const Question& question, std::size_t token) {
    refresh();
    auto state = std::make_shared<Lookup::State>();
    state->token = token;
    auto lookup = std::make_unique<Lookup>(state);
    ares_addrinfo_hints hints{};
    hints.ai_family = question.ip_protocol == 4 ? AF_INET : question.ip_protocol == 6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_flags = ARES_AI_NUMERICSERV;
    ++pending_;
    auto asked = std::make_unique<Asked>(Asked{std::move(state), &woken_, &pending_, question.host});
    // It may call back before it returns, as of an address.
    const std::string port = std::to_string(question.port);
    ares_getaddrinfo(channel_, question.host.c_str(), question.port == 0 ? nullptr : port.c_str(), &hints, &take_answer,
                     asked.release());
    return lookup;
  }

  void proceed() {
    const Sockets sockets = sockets_;  // it changes meanwhile
    for (const auto& [fd, wait] : sockets) {
      ares_process_fd(channel_, wait.read ? fd : ARES_SOCKET_BAD, wait.write ? fd : ARES_SOCKET_BAD);
    }
    if (pending_ > 0) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }

  bool is_asking() const { return pending_ > 0; }

  milliseconds patience(milliseconds most) const {
    if (pending_ == 0) return most;
    timeval longest{.tv_sec = most.count() / 1'000, .tv_usec = most.count() % 1'000 * 1'000};
    timeval found{};
    const timeval* wait = ares_timeout(channel_, &longest, &found);
    return milliseconds{wait->tv_sec * 1'000 + (wait->tv_usec + 999) / 1'000};
  }

  std::vector<std::size_t> take_woken() { return std::exchange(woken_, {}); }

 private:
  /// Shape given by ares_sock_state_cb.
  static void take_socket(void* self, ares_socket_t fd, int read, int write) {
    auto& resolver = *static_cast<Impl*>(self);
    const Wait wait{fd, read != 0, write != 0};
    if (wait.read || wait.write) {
      resolver.sockets_[fd] = wait;
    } else {
      resolver.sockets_.erase(fd);
    }
    resolver.watch_(wait);
  }

  /// c-ares reads its configuration once.
  void refresh() {
    if (pending_ > 0 || stamp_of(kResolvConf) == stamp_) return;
    ares_channel before = std::exchange(channel_, nullptr);
    if (open()) {
      ares_destroy(before);
    } else {
      channel_ = before;
    }
  }

  void close() {
    if (channel_ != nullptr) ares_destroy(channel_);
    channel_ = nullptr;
  }

  const Watch watch_;
  ares_channel channel_ = nullptr;
  std::string stamp_;
  Sockets sockets_;
  std::vector<std::size_t> woken_;
  std::size_t pending_ = 0;
};

Resolver::Resolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Resolver::~Resolver() = default;

Result<std::unique_ptr<Resolver>> Resolver::create(Watch watch) {
  auto impl = std::make_unique<Impl>(std::move(watch));
  SONDE_TRY(impl->open());
  return std::unique_ptr<Resolver>(new Resolver(std::move(impl)));
}

std::unique_ptr<Lookup> Resolver::look_up(const Question& question, std::size_t token) {
  return impl_->look_up(question, token);
}
void Resolver::proceed() { impl_->proceed(); }
bool Resolver::is_asking() const { return impl_->is_asking(); }
milliseconds Resolver::patience(milliseconds most) const { return impl_->patience(most); }
std::vector<std::size_t> Resolver::take_woken() { return impl_->take_woken(); }

}  // namespace sonde::probe
