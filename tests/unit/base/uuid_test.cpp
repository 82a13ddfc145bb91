#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sonde {
namespace {

TEST(Uuid, is_random_and_of_version_4) {
  std::set<std::string> seen;
  for (int n = 0; n < 1000; ++n) {
    const std::string text = random_uuid();
    EXPECT_TRUE(is_uuid(text)) << text;
    EXPECT_EQ(text[14], '4') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    EXPECT_TRUE(seen.insert(text).second) << text;
  }
}

TEST(Uuid, is_recognised) {
  EXPECT_TRUE(is_uuid("4B1C1C9E-6a2f-4d3b-9c11-0242ac120002"));
  for (const std::string text : {"", "4b1c1c9e-6a2f-4d3b-9c11-0242ac12000", "4b1c1c9e-6a2f-4d3b-9c11-0242ac120002 ",
                                 "4b1c1c9e_6a2f-4d3b-9c11-0242ac120002", "4b1c1c9e-6a2f-4d3b-9c11-0242ac12000g"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace sonde
