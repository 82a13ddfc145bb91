#include "app/switched_pages.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>

#include "serve/handler.h"

namespace sonde::app {
namespace {

serve::Handler saying(const std::string& text) {
  return [text](const serve::HttpRequest&) { return serve::text_response(200, text); };
}

TEST(SwitchedPages, others_are_shown_after_show) {
  SwitchedPages pages(saying("first"));
  EXPECT_EQ(*pages.answer({}).body, "first");
  pages.show(saying("second"));
  EXPECT_EQ(*pages.answer({}).body, "second");
}

TEST(SwitchedPages, show_waits_for_the_answers_that_the_last_are_giving) {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::atomic<bool> is_answered{false};
  SwitchedPages pages([&](const serve::HttpRequest&) {
    begun.set_value();
    go_on.get_future().wait();
    is_answered = true;
    return serve::text_response(200, "late");
  });
  auto answer = std::async(std::launch::async, [&] { return *pages.answer({}).body; });
  begun.get_future().wait();
  auto shown = std::async(std::launch::async, [&] {
    pages.show(saying("next"));
    return is_answered.load();
  });
  go_on.set_value();
  EXPECT_TRUE(shown.get()) << "what the last used may go now";
  EXPECT_EQ(answer.get(), "late");
  EXPECT_EQ(*pages.answer({}).body, "next");
}

TEST(SwitchedPages, pages_that_throw_do_not_hold_the_next_up) {
  SwitchedPages pages([](const serve::HttpRequest&) -> serve::HttpResponse { throw std::runtime_error("no"); });
  EXPECT_THROW(static_cast<void>(pages.answer({})), std::runtime_error);
  pages.show(saying("next"));
  EXPECT_EQ(*pages.answer({}).body, "next");
}

}  // namespace
}  // namespace sonde::app
