#include "bpf/loopback_child.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace sonde::test {
namespace {

[[noreturn]] void give_up() { ::_exit(3); }

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 8) != 0) give_up();
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) give_up();
  port = ntohs(address.sin_port);
  return listener;
}

Connection connect_to(int listener, std::uint16_t port) {
  Connection connection;
  connection.client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(connection.client, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) give_up();
  connection.server = ::accept(listener, nullptr, nullptr);
  if (connection.server < 0) give_up();
  return connection;
}

[[noreturn]] void run_child(const LoopbackChild::Script& script, bool connect_first, int start, int report) {
  ::alarm(30);
  std::uint16_t port = 0;
  const int listener = listen_on_loopback(port);
  Connection connection;
  if (connect_first) connection = connect_to(listener, port);
  if (::write(report, &port, sizeof(port)) != sizeof(port)) give_up();
  char byte = 0;
  if (::read(start, &byte, 1) != 1) give_up();
  if (!connect_first) connection = connect_to(listener, port);
  script(connection);
  ::close(connection.server);
  ::close(connection.client);
  ::_exit(0);
}

}  // namespace

LoopbackChild::LoopbackChild(Script script, bool connect_first) {
  std::array<int, 2> start{};
  std::array<int, 2> report{};
  if (::pipe(start.data()) != 0 || ::pipe(report.data()) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) run_child(script, connect_first, start[0], report[1]);
  ::close(start[0]);
  ::close(report[1]);
  start_.reset(start[1]);
  if (::read(report[0], &port_, sizeof(port_)) != sizeof(port_)) port_ = 0;
  ::close(report[0]);
}

LoopbackChild::~LoopbackChild() {
  start_.reset();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

bool LoopbackChild::go() {
  if (::write(start_.get(), "g", 1) != 1) return false;
  int status = 0;
  const bool waited = ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return waited && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void send_all(int fd, const std::string& text) {
  if (::send(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) give_up();
}

std::string receive_exactly(int fd, std::size_t bytes) {
  std::string text(bytes, '\0');
  if (::recv(fd, text.data(), bytes, MSG_WAITALL) != static_cast<ssize_t>(bytes)) give_up();
  return text;
}

}  // namespace sonde::test
