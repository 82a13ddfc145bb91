#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace sonde::test {

/// One ELF note: type, name with its final zero, contents.
struct ElfNote {
  std::uint32_t type = NT_GNU_BUILD_ID;
  std::string name = std::string("GNU\0", 4);
  std::string content;
};

/// Writes small ELF files: a header, a program header for each segment of notes, and the notes.
/// shape: Word is std::uint32_t for 32 bits, std::uint64_t for 64 bits.
template <class Word>
class ElfFile {
 public:
  using Header = std::conditional_t<sizeof(Word) == 8, Elf64_Ehdr, Elf32_Ehdr>;
  using ProgramHeader = std::conditional_t<sizeof(Word) == 8, Elf64_Phdr, Elf32_Phdr>;

  explicit ElfFile(bool big_endian = false) : big_endian_(big_endian) {}

  /// units: alignment in bytes, to which names and contents are padded.
  void add_segment(const std::vector<ElfNote>& notes, std::size_t alignment = 4) {
    std::string bytes;
    const auto pad = [&] { bytes.resize((bytes.size() + alignment - 1) / alignment * alignment); };
    for (const ElfNote& note : notes) {
      put(bytes, static_cast<std::uint32_t>(note.name.size()));
      put(bytes, static_cast<std::uint32_t>(note.content.size()));
      put(bytes, note.type);
      bytes += note.name;
      pad();
      bytes += note.content;
      pad();
    }
    segments_.push_back({bytes, alignment});
  }

  [[nodiscard]] std::string bytes() const {
    std::string file(sizeof(Header), '\0');
    file.replace(0, SELFMAG, ELFMAG);
    file[EI_CLASS] = sizeof(Word) == 8 ? ELFCLASS64 : ELFCLASS32;
    file[EI_DATA] = big_endian_ ? ELFDATA2MSB : ELFDATA2LSB;
    file[EI_VERSION] = EV_CURRENT;
    set(file, offsetof(Header, e_type), std::uint16_t{ET_DYN});
    set(file, offsetof(Header, e_version), std::uint32_t{EV_CURRENT});
    set(file, offsetof(Header, e_phoff), Word{sizeof(Header)});
    set(file, offsetof(Header, e_ehsize), std::uint16_t{sizeof(Header)});
    set(file, offsetof(Header, e_phentsize), std::uint16_t{sizeof(ProgramHeader)});
    set(file, offsetof(Header, e_phnum), static_cast<std::uint16_t>(segments_.size()));
    std::size_t offset = sizeof(Header) + segments_.size() * sizeof(ProgramHeader);
    for (const Segment& segment : segments_) {
      std::string row(sizeof(ProgramHeader), '\0');
      set(row, offsetof(ProgramHeader, p_type), std::uint32_t{PT_NOTE});
      set(row, offsetof(ProgramHeader, p_offset), static_cast<Word>(offset));
      set(row, offsetof(ProgramHeader, p_filesz), static_cast<Word>(segment.bytes.size()));
      set(row, offsetof(ProgramHeader, p_align), static_cast<Word>(segment.alignment));
      file += row;
      offset += segment.bytes.size();
    }
    for (const Segment& segment : segments_) file += segment.bytes;
    return file;
  }

  /// Overwrites a number of a file, in the file's byte order.
  template <class Number>
  void set(std::string& file, std::size_t at, Number value) const {
    std::string bytes;
    put(bytes, value);
    file.replace(at, bytes.size(), bytes);
  }

 private:
  struct Segment {
    std::string bytes;
    std::size_t alignment;
  };

  template <class Number>
  void put(std::string& into, Number value) const {
    for (std::size_t i = 0; i < sizeof(value); ++i) {
      const std::size_t byte = big_endian_ ? sizeof(value) - 1 - i : i;
      into += static_cast<char>((value >> (8 * byte)) & 0xFFU);
    }
  }

  bool big_endian_;
  std::vector<Segment> segments_;
};

}  // namespace sonde::test
