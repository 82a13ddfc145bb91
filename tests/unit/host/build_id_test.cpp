#include "host/build_id.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "support/elf_file.h"

namespace sonde::host {
namespace {

using test::ElfFile;
using test::ElfNote;

class BuildId : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_elf_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path() const { return (directory_ / "file").string(); }
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }

  /// The id of a file with these bytes, or "error: " and what is wrong.
  [[nodiscard]] std::string id_of(const std::string& bytes) const {
    write(bytes);
    const auto id = read_build_id(path());
    return id ? *id : "error: " + id.error().what;
  }

  std::filesystem::path directory_;
};

const std::string kId("\x01\x23\x45\x67\x89\xab\xcd\xef\x00\xff", 10);
const std::string kHex = "0123456789abcdef00ff";

template <class Word>
std::string file_with_id(bool big_endian = false) {
  ElfFile<Word> file(big_endian);
  file.add_segment({ElfNote{.type = 1, .content = std::string(16, '\x07')}, ElfNote{.content = kId}});
  return file.bytes();
}

/// What `readelf -n` says; empty if it is not there or finds none.
std::string readelf_id(const std::string& file) {
  const std::string command = "LC_ALL=C readelf -nW '" + file + "' 2>/dev/null";
  struct Close {
    void operator()(FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<FILE, Close> pipe(::popen(command.c_str(), "r"));
  std::string text;
  std::array<char, 512> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get()) != nullptr) text += line.data();
  const std::string lead = "Build ID: ";
  const std::size_t at = text.find(lead);
  if (at == std::string::npos) return "";
  return text.substr(at + lead.size(), text.find('\n', at) - at - lead.size());
}

TEST_F(BuildId, is_what_readelf_shows_of_the_programs_and_libraries_of_this_host) {
  if (std::system("readelf --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no readelf here";
  int compared = 0;
  for (const char* directory : {"/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"}) {
    std::error_code failed;
    int of_directory = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
      if (!entry.is_regular_file(failed) || entry.is_symlink() || of_directory == 40) continue;
      const auto id = read_build_id(entry.path());
      ASSERT_TRUE(id) << id.error().what;
      if (id->empty() && entry.path().extension() != ".so") continue;  // scripts
      EXPECT_EQ(*id, readelf_id(entry.path())) << entry.path();
      ++of_directory;
      compared += id->empty() ? 0 : 1;
    }
  }
  EXPECT_GE(compared, 10);
}

TEST_F(BuildId, is_found_by_the_path_of_a_running_process) {
  const auto by_link = read_build_id("/proc/self/exe");
  ASSERT_TRUE(by_link);
  EXPECT_EQ(*by_link, *read_build_id(std::filesystem::read_symlink("/proc/self/exe")));
  EXPECT_EQ(*by_link, *read_build_id("/proc/" + std::to_string(::getpid()) + "/exe"));
}

TEST_F(BuildId, is_read_for_both_sizes_of_words_and_both_orders_of_bytes) {
  EXPECT_EQ(id_of(file_with_id<std::uint64_t>()), kHex);
  EXPECT_EQ(id_of(file_with_id<std::uint64_t>(true)), kHex);
  EXPECT_EQ(id_of(file_with_id<std::uint32_t>()), kHex);
  EXPECT_EQ(id_of(file_with_id<std::uint32_t>(true)), kHex);
}

TEST_F(BuildId, is_found_in_a_later_segment_and_behind_notes_padded_to_eight_bytes) {
  ElfFile<std::uint64_t> file;
  file.add_segment({ElfNote{.type = 5, .content = "property"}}, 8);
  file.add_segment({ElfNote{.type = 4, .name = std::string("Go\0\0", 4), .content = "go's own id"}});
  file.add_segment({ElfNote{.type = 5, .content = "odd"}, ElfNote{.content = kId}}, 8);
  EXPECT_EQ(id_of(file.bytes()), kHex);
}

TEST_F(BuildId, is_no_note_of_the_same_number_by_somebody_else) {
  ElfFile<std::uint64_t> file;
  file.add_segment({ElfNote{.name = std::string("Xen\0", 4), .content = "xen"}, ElfNote{.name = "GNU", .content = "x"},
                    ElfNote{.content = ""}, ElfNote{.content = std::string(65, 'x')}});
  EXPECT_EQ(id_of(file.bytes()), "");
}

TEST_F(BuildId, is_empty_for_whatever_is_no_program) {
  EXPECT_EQ(id_of(""), "");
  EXPECT_EQ(id_of("#!/bin/sh\nexit 0\n"), "");
  EXPECT_EQ(id_of("\x7f"
                  "ELF"),
            "");
  EXPECT_EQ(id_of(ElfFile<std::uint64_t>().bytes()), "");
  const auto directory = read_build_id(directory_.string());
  ASSERT_TRUE(directory);
  EXPECT_EQ(*directory, "");
}

TEST_F(BuildId, does_not_wait_for_a_pipe_that_nobody_writes_to) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const auto id = read_build_id(path());
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, "");
}

TEST_F(BuildId, says_that_there_is_no_such_file) {
  for (const std::string& nowhere : {path(), path() + "/below", std::string("/proc/4194304/exe")}) {
    const auto id = read_build_id(nowhere);
    ASSERT_FALSE(id) << nowhere;
    EXPECT_EQ(id.error().code, Code::kNotFound) << nowhere;
    EXPECT_NE(id.error().what.find(nowhere), std::string::npos);
  }
}

TEST_F(BuildId, of_a_file_that_is_cut_anywhere_is_whole_or_empty) {
  const std::string whole = file_with_id<std::uint64_t>();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string id = id_of(whole.substr(0, size));
    EXPECT_TRUE(id.empty() || id == kHex) << size << ": " << id;
  }
}

/// Numbers that a hostile file may hold.
template <class Word>
std::string spoilt(std::size_t at, Word value) {
  const ElfFile<std::uint64_t> file;
  std::string bytes = file_with_id<std::uint64_t>();
  file.set(bytes, at, value);
  return bytes;
}

TEST_F(BuildId, survives_a_file_whose_numbers_lie) {
  constexpr auto kMost = ~std::uint64_t{0};
  constexpr std::size_t kRow = sizeof(Elf64_Ehdr);
  constexpr std::size_t kNotes = kRow + sizeof(Elf64_Phdr);
  EXPECT_EQ(id_of(spoilt(offsetof(Elf64_Ehdr, e_phnum), std::uint16_t{0xFFFF})), kHex) << "the first is a good one";
  EXPECT_EQ(id_of(spoilt(offsetof(Elf64_Ehdr, e_phentsize), std::uint16_t{1})), "");
  for (const std::uint64_t number : {kMost, kMost - 7, kMost >> 1U, std::uint64_t{1} << 40U}) {
    EXPECT_EQ(id_of(spoilt(offsetof(Elf64_Ehdr, e_phoff), number)), "") << number;
    EXPECT_EQ(id_of(spoilt(kRow + offsetof(Elf64_Phdr, p_offset), number)), "") << number;
    EXPECT_EQ(id_of(spoilt(kRow + offsetof(Elf64_Phdr, p_filesz), number)), kHex) << number;
    EXPECT_EQ(id_of(spoilt(kRow + offsetof(Elf64_Phdr, p_align), number)), kHex) << number;
    EXPECT_EQ(id_of(spoilt(offsetof(Elf64_Ehdr, e_shoff), number)), kHex) << number;
  }
  for (const std::uint32_t number : {~0U, ~0U - 3, 1U << 31U}) {
    EXPECT_EQ(id_of(spoilt(kNotes + offsetof(Elf64_Nhdr, n_namesz), number)), "") << number;
    EXPECT_EQ(id_of(spoilt(kNotes + offsetof(Elf64_Nhdr, n_descsz), number)), "") << number;
  }
}

TEST_F(BuildId, is_looked_for_in_the_first_part_of_a_segment_only) {
  ElfFile<std::uint64_t> file;
  file.add_segment({ElfNote{.type = 9, .content = std::string(65U << 10U, 'x')}, ElfNote{.content = kId}});
  EXPECT_EQ(id_of(file.bytes()), "");
}

}  // namespace
}  // namespace sonde::host
