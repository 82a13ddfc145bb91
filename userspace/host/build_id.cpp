#include "host/build_id.h"

#include <elf.h>
#include <fcntl.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/unique_fd.h"

namespace sonde::host {
namespace {

// What libelf would do with a whole file it does by its section table, of which a hostile file may claim to have
// billions of entries. So only the header, the program headers and the notes are read here, each up to a limit, and
// libelf sees no more than these bytes: it knows about 32 and 64 bits and about byte order.
constexpr std::size_t kMostProgramHeaders = 1'024;
constexpr std::size_t kMostNoteSegments = 64;
constexpr std::size_t kMostNoteBytes = 64U << 10U;
constexpr std::size_t kMostIdBytes = 64;
constexpr std::string_view kOwner("GNU\0", 4);

struct Class32 {
  using Header = Elf32_Ehdr;
  using ProgramHeader = Elf32_Phdr;
  static Elf_Data* to_memory(Elf_Data* into, const Elf_Data* from, unsigned encoding) {
    return elf32_xlatetom(into, from, encoding);
  }
};

struct Class64 {
  using Header = Elf64_Ehdr;
  using ProgramHeader = Elf64_Phdr;
  static Elf_Data* to_memory(Elf_Data* into, const Elf_Data* from, unsigned encoding) {
    return elf64_xlatetom(into, from, encoding);
  }
};

using Bytes = std::vector<unsigned char>;

/// Up to `size` bytes from `offset` on: fewer at the end of the file.
Result<Bytes> read_at(int fd, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  std::size_t length = 0;
  while (length < size) {
    const ssize_t got = ::pread(fd, bytes.data() + length, size - length, static_cast<off_t>(offset + length));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EINVAL) return Error::from_errno(errno, "read");  // EINVAL: the offset is beyond any file
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  bytes.resize(length);
  return bytes;
}

/// Turns what a file holds into what this machine reads; nothing if libelf refuses.
template <class Class>
std::optional<Bytes> translate(Bytes& from, Elf_Type type, unsigned encoding) {
  Bytes into(from.size());
  Elf_Data source{};
  source.d_buf = from.data();
  source.d_type = type;
  source.d_size = from.size();
  source.d_version = EV_CURRENT;
  Elf_Data target = source;
  target.d_buf = into.data();
  if (from.empty() || Class::to_memory(&target, &source, encoding) == nullptr) return std::nullopt;
  return into;
}

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0xFU];
  }
  return text;
}

/// The id among the notes of one segment (elf(5), "Notes"); names and contents are padded to `alignment`.
std::string find_id(const Bytes& notes, std::size_t alignment) {
  const auto padded = [alignment](std::size_t size) { return (size + alignment - 1) / alignment * alignment; };
  std::size_t at = 0;
  while (notes.size() - at >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr note{};  // the same as Elf32_Nhdr
    std::memcpy(&note, notes.data() + at, sizeof(note));
    const std::size_t name_at = at + sizeof(note);
    const std::size_t content_at = padded(name_at + note.n_namesz);
    const std::size_t end = content_at + note.n_descsz;
    if (end > notes.size()) return {};
    const std::string_view owner(reinterpret_cast<const char*>(notes.data()) + name_at, note.n_namesz);
    if (note.n_type == NT_GNU_BUILD_ID && owner == kOwner && note.n_descsz > 0 && note.n_descsz <= kMostIdBytes) {
      return to_hex(notes.data() + content_at, note.n_descsz);
    }
    at = std::min(padded(end), notes.size());
  }
  return {};
}

template <class Class>
Result<std::vector<typename Class::ProgramHeader>> note_segments(int fd, unsigned encoding) {
  using Header = typename Class::Header;
  using ProgramHeader = typename Class::ProgramHeader;
  std::vector<ProgramHeader> segments;
  Bytes raw = SONDE_TRY(read_at(fd, 0, sizeof(Header)));
  const auto whole = raw.size() == sizeof(Header) ? translate<Class>(raw, ELF_T_EHDR, encoding) : std::nullopt;
  if (!whole) return segments;
  Header header{};
  std::memcpy(&header, whole->data(), sizeof(header));
  if (header.e_phentsize != sizeof(ProgramHeader)) return segments;
  const std::size_t count = std::min<std::size_t>(header.e_phnum, kMostProgramHeaders);
  raw = SONDE_TRY(read_at(fd, header.e_phoff, count * sizeof(ProgramHeader)));
  raw.resize(raw.size() / sizeof(ProgramHeader) * sizeof(ProgramHeader));
  const auto table = translate<Class>(raw, ELF_T_PHDR, encoding);
  if (!table) return segments;
  for (std::size_t at = 0; at < table->size() && segments.size() < kMostNoteSegments; at += sizeof(ProgramHeader)) {
    ProgramHeader segment{};
    std::memcpy(&segment, table->data() + at, sizeof(segment));
    if (segment.p_type == PT_NOTE) segments.push_back(segment);
  }
  return segments;
}

template <class Class>
Result<std::string> read_id(int fd, unsigned encoding) {
  const std::vector<typename Class::ProgramHeader> segments = SONDE_TRY(note_segments<Class>(fd, encoding));
  for (const auto& segment : segments) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(segment.p_filesz, kMostNoteBytes));
    // As in the kernel's and readelf's reading: 8 where the segment says so, else 4, whatever it says.
    const bool wide = segment.p_align == 8;
    Bytes raw = SONDE_TRY(read_at(fd, segment.p_offset, size));
    const auto notes = translate<Class>(raw, wide ? ELF_T_NHDR8 : ELF_T_NHDR, encoding);
    std::string id = notes ? find_id(*notes, wide ? 8 : 4) : std::string{};
    if (!id.empty()) return id;
  }
  return std::string{};
}

Error failure(int number, const std::string& path) {
  Error error = Error::from_errno(number, "open '" + path + "'");
  // ESRCH: a process that went; ENOENT also: one without an executable, such as a kernel thread.
  if (number == ENOENT || number == ESRCH || number == ENOTDIR) error.code = Code::kNotFound;
  return error;
}

}  // namespace

Result<std::string> read_build_id(const std::string& path) {
  // Nobody writes to a FIFO for us, and a terminal must not become ours.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failure(errno, path);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return failure(errno, path);
  if (!S_ISREG(facts.st_mode) || elf_version(EV_CURRENT) == EV_NONE) return std::string{};
  const Bytes ident = SONDE_TRY(read_at(file.get(), 0, EI_NIDENT));
  if (ident.size() < EI_NIDENT || std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0) return std::string{};
  const unsigned encoding = ident[EI_DATA];
  if (encoding != ELFDATA2LSB && encoding != ELFDATA2MSB) return std::string{};
  Result<std::string> id{std::string{}};
  if (ident[EI_CLASS] == ELFCLASS32) id = read_id<Class32>(file.get(), encoding);
  if (ident[EI_CLASS] == ELFCLASS64) id = read_id<Class64>(file.get(), encoding);
  if (!id) return std::move(id).error().with("'" + path + "'");
  return id;
}

}  // namespace sonde::host
