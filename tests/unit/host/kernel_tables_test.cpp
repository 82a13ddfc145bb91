#include "host/kernel_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sonde::host {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(ListenTotals, are_found_by_their_names_whatever_the_order) {
  const ListenTotals totals = listen_totals(
      "TcpExt: SyncookiesSent ListenDrops EmbryonicRsts ListenOverflows\n"
      "TcpExt: 5 42 7 40\n"
      "IpExt: ListenDrops\nIpExt: 9\n");
  EXPECT_EQ(totals.drops, 42u);
  EXPECT_EQ(totals.overflows, 40u);
}

TEST(ListenTotals, are_zero_where_the_text_is_cut_at_any_byte_before_its_values) {
  const std::string text = "TcpExt: ListenOverflows ListenDrops\nTcpExt: 40 42\n";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const ListenTotals totals = listen_totals(std::string_view(text).substr(0, length));
    EXPECT_EQ(totals.overflows + totals.drops, 0u) << length;
  }
}

class DiskNames : public testing::Test {
 protected:
  DiskNames() {
    std::string path = testing::TempDir() + "sonde-disk-names-XXXXXX";
    roots_.proc = ::mkdtemp(path.data());
  }
  ~DiskNames() override { std::filesystem::remove_all(roots_.proc); }

  HostRoots roots_;
};

TEST_F(DiskNames, are_those_of_whole_lines) {
  std::ofstream(roots_.proc + "/diskstats") << "   7       0 loop0 1 2 3\n 254       0 vda 308766\nnonsense\n 8 1";
  HostFiles files(roots_);
  EXPECT_THAT(disk_names(files), UnorderedElementsAre(Pair(Pair(7, 0), "loop0"), Pair(Pair(254, 0), "vda")));
}

TEST_F(DiskNames, are_none_without_the_file) {
  HostFiles files(roots_);
  EXPECT_THAT(disk_names(files), IsEmpty());
}

}  // namespace
}  // namespace sonde::host
