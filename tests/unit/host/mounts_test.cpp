#include "host/mounts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sonde::host {
namespace {

std::string text_of(const Mount& mount) {
  return mount.device + "|" + mount.mount_point + "|" + mount.type + "|" + mount.options;
}

std::vector<std::string> parsed(std::string_view text) {
  std::vector<std::string> found;
  for (const Mount& mount : parse_mounts(text)) found.push_back(text_of(mount));
  return found;
}

using Texts = std::vector<std::string>;

TEST(MountTable, are_read_in_the_order_of_the_table) {
  EXPECT_EQ(parsed("/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n"),
            (Texts{"/dev/sda1|/|ext4|rw,relatime", "proc|/proc|proc|rw"}));
}

struct EscapeRow {
  const char* written;
  const char* meant;
};

TEST(MountTable, have_their_escapes_undone) {
  const EscapeRow rows[] = {{"/with\\040blank", "/with blank"}, {"/tab\\011", "/tab\t"},
                            {"/line\\012end", "/line\nend"},    {"/back\\134slash", "/back\\slash"},
                            {"/back\\134040", "/back\\040"},    {"/\\043hash", "/#hash"},
                            {"/cut\\04", "/cut\\04"},           {"/no\\089", "/no\\089"},
                            {"/too\\777big", "/too\\777big"},   {"/end\\", "/end\\"}};
  for (const EscapeRow& row : rows) {
    EXPECT_EQ(parsed(std::string(row.written) + " " + row.written + " ext4 rw 0 0\n"),
              (Texts{std::string(row.meant) + "|" + row.meant + "|ext4|rw"}));
  }
}

TEST(MountTable, over_themselves_are_there_once_with_what_can_be_seen) {
  EXPECT_EQ(parsed("tmpfs /dev/shm tmpfs rw 0 0\n/dev/sda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs ro,size=1k 0 0\n"),
            (Texts{"tmpfs|/dev/shm|tmpfs|ro,size=1k", "/dev/sda|/|ext4|rw"}));
}

TEST(MountTable, of_other_devices_at_the_same_place_are_all_there) {
  EXPECT_EQ(parsed("/dev/sda /mnt ext4 rw 0 0\n/dev/sdb /mnt ext4 rw 0 0\n").size(), 2U);
  EXPECT_EQ(parsed("systemd-1 /efi autofs rw 0 0\nsystemd-1 /efi vfat rw 0 0\n").size(), 2U);
}

TEST(MountTable, of_lines_that_are_none_are_passed_over) {
  EXPECT_EQ(parsed("\n \nx\n/dev/sda /\n/dev/sda / ext4\n/dev/sda / ext4 rw\n"), (Texts{"/dev/sda|/|ext4|rw"}));
  EXPECT_EQ(parsed(""), Texts{});
}

TEST(MountTable, are_never_invented_when_the_table_is_cut) {
  const std::string text = "/dev/sda1 /a\\040b ext4 rw,relatime 0 0\nserver:/x /y nfs4 ro 0 0\n";
  const Texts whole = parsed(text);
  for (std::size_t length = 0; length < text.size(); ++length) {
    const Texts cut = parsed(std::string_view(text).substr(0, length));
    EXPECT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin())) << length;
  }
}

}  // namespace
}  // namespace sonde::host
