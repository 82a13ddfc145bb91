#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "serve/handler.h"
#include "serve/types.h"

namespace sonde::app {

/// What a server shows that goes on while what it shows is exchanged.  threads: any.
class SwitchedPages {
 public:
  explicit SwitchedPages(serve::Handler first);

  serve::HttpResponse answer(const serve::HttpRequest& request);

  /// Shows others from now on, and waits for the answers that the last are still giving.
  void show(serve::Handler pages);

 private:
  struct Pages {
    serve::Handler handler;
    int answering = 0;
  };

  std::mutex mutex_;  // guards what follows
  std::condition_variable idle_;
  std::shared_ptr<Pages> pages_;
};

}  // namespace sonde::app
