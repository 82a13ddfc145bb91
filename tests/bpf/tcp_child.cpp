#include "bpf/tcp_child.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace sonde::test {
namespace {

constexpr unsigned kLongestScriptSeconds = 50;
constexpr std::uint32_t kNothing = ~0U;

[[noreturn]] void run_script(const TcpChild::Script& script, int from_parent, int to_parent) {
  ::alarm(kLongestScriptSeconds);
  const Steps steps(from_parent, to_parent);
  steps.pause();
  script(steps);
  ::_exit(0);
}

}  // namespace

void Steps::pause(std::uint32_t number) const {
  char go = 0;
  must(::write(to_parent_, &number, sizeof(number)) == sizeof(number) && ::read(from_parent_, &go, 1) == 1);
}

TcpChild::TcpChild(const Script& script) {
  std::array<int, 2> to_child{};
  std::array<int, 2> from_child{};
  if (::pipe(to_child.data()) != 0 || ::pipe(from_child.data()) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(to_child[1]);
    ::close(from_child[0]);
    run_script(script, to_child[0], from_child[1]);
  }
  ::close(to_child[0]);
  ::close(from_child[1]);
  to_child_.reset(to_child[1]);
  from_child_.reset(from_child[0]);
  std::uint32_t ready = 0;
  if (::read(from_child_.get(), &ready, sizeof(ready)) != sizeof(ready)) std::abort();
}

TcpChild::~TcpChild() {
  to_child_.reset();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

std::uint32_t TcpChild::step() {
  std::uint32_t number = kNothing;
  if (::write(to_child_.get(), "g", 1) != 1) return kNothing;
  return ::read(from_child_.get(), &number, sizeof(number)) == sizeof(number) ? number : kNothing;
}

bool TcpChild::finish() {
  if (::write(to_child_.get(), "g", 1) != 1) return false;
  int status = 0;
  const bool waited = ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return waited && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void must(bool worked) {
  if (!worked) ::_exit(4);
}

bool enter_network_namespace() {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const UniqueFd any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  return ::ioctl(any.get(), SIOCSIFFLAGS, &loopback) == 0;
}

bool run_quietly(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

std::uint16_t Address::port() const {
  // Both families have the port at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

Address address_of(const std::string& text, std::uint16_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    address.size = sizeof(*v4);
  } else {
    must(::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1);
    v6->sin6_family = AF_INET6;
    address.size = sizeof(*v6);
  }
  v4->sin_port = htons(port);
  return address;
}

Address local_address_of(int socket) {
  Address address;
  address.size = sizeof(address.storage);
  must(::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) == 0);
  return address;
}

int socket_for(const Address& address, int flags) {
  const int made = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  must(made >= 0);
  return made;
}

int listen_on(const std::string& text, int backlog) {
  const Address address = address_of(text, 0);
  const int listener = socket_for(address);
  must(::bind(listener, address.get(), address.size) == 0 && ::listen(listener, backlog) == 0);
  return listener;
}

int connect_to(const Address& address) {
  const int connected = socket_for(address);
  if (::connect(connected, address.get(), address.size) == 0) return connected;
  ::close(connected);
  return -1;
}

int begin_connect(const Address& address) {
  const int connecting = socket_for(address, SOCK_NONBLOCK);
  ::connect(connecting, address.get(), address.size);
  return connecting;
}

void send_bytes(int socket, std::size_t bytes) {
  const std::vector<char> data(bytes, 'x');
  must(::send(socket, data.data(), bytes, 0) == static_cast<ssize_t>(bytes));
}

void receive_bytes(int socket, std::size_t bytes) {
  std::vector<char> data(bytes);
  must(::recv(socket, data.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes));
}

void close_hard(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  must(::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  ::close(socket);
}

}  // namespace sonde::test
