#include "probe/event_loop.h"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <utility>

#include "base/unique_fd.h"

namespace sonde::probe {
namespace {

/// Of descriptors that are c-ares' own.
constexpr std::uint64_t kResolverToken = ~std::uint64_t{0};

struct MultiDelete {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

}  // namespace

class EventLoop::Impl {
 public:
  Impl(std::unique_ptr<CURLM, MultiDelete> multi, UniqueFd epoll)
      : multi_(std::move(multi)), epoll_(std::move(epoll)) {}

  Result<> begin() {
    resolver_ = SONDE_TRY(Resolver::create([this](const Wait& wait) {
      if (wait.read || wait.write) {
        control(wait, kResolverToken);
      } else {
        forget(wait.fd);
      }
    }));
    return Ok{};
  }

  bool add(void* easy, std::size_t token) {
    curl_easy_setopt(easy, CURLOPT_PRIVATE, reinterpret_cast<void*>(token));
    return curl_multi_add_handle(multi_.get(), easy) == CURLM_OK;
  }

  std::optional<int> ended(void* easy) const {
    const auto place = ended_.find(easy);
    return place == ended_.end() ? std::nullopt : std::optional(place->second);
  }

  void remove(void* easy) {
    curl_multi_remove_handle(multi_.get(), easy);
    ended_.erase(easy);
  }

  void control(const Wait& wait, std::uint64_t token) {
    epoll_event event{};
    event.events = (wait.read ? EPOLLIN : 0U) | (wait.write ? EPOLLOUT : 0U);
    event.data.u64 = token;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, wait.fd, &event) == 0 || errno != ENOENT) return;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wait.fd, &event);
  }

  void forget(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

  std::unique_ptr<Lookup> look_up(const Question& question, std::size_t token) {
    return resolver_->look_up(question, token);
  }

  std::vector<std::size_t> turn(std::chrono::milliseconds patience) {
    std::vector<std::size_t> woken = resolver_->take_woken();
    perform(woken);
    if (woken.empty()) {
      wait(std::min(patience, resolver_->patience(patience)));
      perform(woken);
    }
    poll_descriptors(woken);
    const std::vector<std::size_t> resolved = resolver_->take_woken();
    woken.insert(woken.end(), resolved.begin(), resolved.end());
    return woken;
  }

  void wake() { curl_multi_wakeup(multi_.get()); }

 private:
  void wait(std::chrono::milliseconds patience) {
    curl_waitfd own{};
    own.fd = epoll_.get();
    own.events = CURL_WAIT_POLLIN;
    curl_multi_poll(multi_.get(), &own, 1, static_cast<int>(patience.count()), nullptr);
  }

  void perform(std::vector<std::size_t>& woken) {
    int active = 0;
    curl_multi_perform(multi_.get(), &active);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      void* token = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &token);
      ended_[message->easy_handle] = message->data.result;
      woken.push_back(reinterpret_cast<std::size_t>(token));
    }
  }

  void poll_descriptors(std::vector<std::size_t>& woken) {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    bool resolver_ready = false;
    for (int i = 0; i < count; ++i) {
      const std::uint64_t token = events[static_cast<std::size_t>(i)].data.u64;
      if (token != kResolverToken) {
        woken.push_back(token);
      } else {
        resolver_ready = true;
      }
    }
    if (resolver_ready || resolver_->is_asking()) resolver_->proceed();
  }

  std::unique_ptr<CURLM, MultiDelete> multi_;
  UniqueFd epoll_;
  std::unique_ptr<Resolver> resolver_;
  std::map<void*, int> ended_;
};

EventLoop::EventLoop(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventLoop::~EventLoop() = default;

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::unique_ptr<CURLM, MultiDelete> multi(started == CURLE_OK ? curl_multi_init() : nullptr);
  if (!multi) return Error{Code::kUnsupported, "start libcurl for probes: " + std::string(curl_easy_strerror(started))};
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return Error::from_errno(errno, "epoll_create1 for probes");
  auto impl = std::make_unique<Impl>(std::move(multi), std::move(epoll));
  SONDE_TRY(impl->begin());
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(impl)));
}

bool EventLoop::add(void* easy, std::size_t token) { return impl_->add(easy, token); }
std::optional<int> EventLoop::ended(void* easy) const { return impl_->ended(easy); }
void EventLoop::remove(void* easy) { impl_->remove(easy); }
void EventLoop::watch(const Wait& wait, std::size_t token) { impl_->control(wait, token); }
void EventLoop::forget(int fd) { impl_->forget(fd); }
std::unique_ptr<Lookup> EventLoop::look_up(const Question& question, std::size_t token) {
  return impl_->look_up(question, token);
}
std::vector<std::size_t> EventLoop::turn(std::chrono::milliseconds patience) { return impl_->turn(patience); }
void EventLoop::wake() { impl_->wake(); }

}  // namespace sonde::probe
