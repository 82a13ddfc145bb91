#include "probe/fiber.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sonde::probe {
namespace {

TEST(Fiber, goes_on_where_it_was_left) {
  std::string said;
  Fiber* self = nullptr;
  Fiber fiber([&] {
    for (const char* word : {"one ", "two ", "three "}) {
      std::array<char, 4096> deep{};
      deep.fill(word[0]);
      self->suspend();
      said += word;
      said += deep.back();
    }
  });
  self = &fiber;
  ASSERT_TRUE(fiber.is_usable());
  EXPECT_FALSE(fiber.resume());
  EXPECT_EQ(said, "");
  EXPECT_FALSE(fiber.resume());
  EXPECT_EQ(said, "one o");
  EXPECT_FALSE(fiber.resume());
  EXPECT_TRUE(fiber.resume());
  EXPECT_EQ(said, "one otwo tthree t");
  EXPECT_TRUE(fiber.resume());
}

TEST(Fiber, has_a_stack_of_its_own_beside_others) {
  std::string said;
  Fiber* left = nullptr;
  Fiber* right = nullptr;
  Fiber first([&] {
    said += "a";
    left->suspend();
    said += "c";
  });
  Fiber second([&] {
    said += "b";
    right->suspend();
    said += "d";
  });
  left = &first;
  right = &second;
  EXPECT_FALSE(first.resume());
  EXPECT_FALSE(second.resume());
  EXPECT_TRUE(first.resume());
  EXPECT_TRUE(second.resume());
  EXPECT_EQ(said, "abcd");
}

TEST(Fiber, that_never_ran_goes_without_a_trace) {
  const Fiber fiber([] { FAIL(); });
  EXPECT_TRUE(fiber.is_usable());
}

}  // namespace
}  // namespace sonde::probe
