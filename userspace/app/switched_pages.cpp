#include "app/switched_pages.h"

#include <utility>

namespace sonde::app {

SwitchedPages::SwitchedPages(serve::Handler first) : pages_(std::make_shared<Pages>(Pages{std::move(first)})) {}

serve::HttpResponse SwitchedPages::answer(const serve::HttpRequest& request) {
  /// Whatever the handler does, it is counted out.
  struct Turn {
    explicit Turn(SwitchedPages& all) : owner(all) {
      const std::lock_guard lock(owner.mutex_);
      pages = owner.pages_;
      ++pages->answering;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      const std::lock_guard lock(owner.mutex_);
      if (--pages->answering == 0) owner.idle_.notify_all();
    }

    SwitchedPages& owner;
    std::shared_ptr<Pages> pages;
  };
  const Turn turn(*this);
  return turn.pages->handler(request);
}

void SwitchedPages::show(serve::Handler pages) {
  std::unique_lock lock(mutex_);
  const auto old = std::exchange(pages_, std::make_shared<Pages>(Pages{std::move(pages)}));
  idle_.wait(lock, [&old] { return old->answering == 0; });
}

}  // namespace sonde::app
