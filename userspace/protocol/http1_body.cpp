#include "protocol/http1_body.h"

#include <algorithm>

namespace sonde::protocol {

namespace {

// RFC 9112 section 7.1: last-chunk and an empty trailer section, "0\r\n\r\n", after the line end of the chunk before.
// That one is 0 in a tail that holds no more than the last chunk.
constexpr std::uint64_t kLastChunk = 0x30'0D'0A'0D'0A;
constexpr std::uint64_t kLineEnd = 0x0D'0A;
constexpr std::uint64_t kLastChunkBytes = 7;

bool ends_in_last_chunk(std::uint64_t tail) {
  const std::uint64_t before = (tail >> 40U) & 0xFF'FF;
  return (tail & 0xFF'FF'FF'FF'FF) == kLastChunk && (before == kLineEnd || before == 0);
}

/// The value of a hexadecimal digit, or 16.
unsigned hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

}  // namespace

Http1Body::Http1Body(Kind kind, std::uint64_t remaining_bytes) : remaining_bytes_(remaining_bytes), kind_(kind) {
  blind_ = is_inferred();
}

Http1Body Http1Body::with_length(std::uint64_t length_bytes) { return {Kind::kLength, length_bytes}; }
Http1Body Http1Body::chunked() { return {Kind::kChunked, 0}; }
Http1Body Http1Body::until_close() { return {Kind::kUntilClose, 0}; }
Http1Body Http1Body::inferred() { return {Kind::kInferred, 0}; }

// At least one byte of the head was out of sight too.
Http1Body Http1Body::inferred_length(std::uint64_t length_bytes) { return {Kind::kInferredLength, length_bytes + 1}; }

std::uint64_t Http1Body::certain_bytes() const {
  const bool counted = kind_ == Kind::kLength || (kind_ == Kind::kChunked && !blind_ && part_ == ChunkPart::kData);
  return counted ? remaining_bytes_ : 0;
}

std::size_t Http1Body::take(std::string_view bytes) {
  if (kind_ == Kind::kChunked && !blind_) return take_chunked(bytes);
  if (kind_ == Kind::kChunked || kind_ == Kind::kInferred) return take_blind(bytes);
  return static_cast<std::size_t>(skip(bytes.size()));
}

std::uint64_t Http1Body::skip(std::uint64_t length_bytes) {
  tail_ = 0;
  const std::uint64_t certain = std::min(length_bytes, certain_bytes());
  switch (kind_) {
    case Kind::kLength:
      remaining_bytes_ -= certain;
      done_ = remaining_bytes_ == 0;
      return certain;
    case Kind::kChunked:
      remaining_bytes_ -= certain;
      if (certain > 0 && remaining_bytes_ == 0) part_ = ChunkPart::kDataEnd;
      if (length_bytes > certain) blind_after(length_bytes - certain);
      return length_bytes;
    case Kind::kInferredLength:
      remaining_bytes_ -= std::min(length_bytes, remaining_bytes_);
      done_ = remaining_bytes_ == 0;
      return length_bytes;
    case Kind::kUntilClose:
    case Kind::kInferred:
      return length_bytes;
  }
  return length_bytes;
}

void Http1Body::blind_after(std::uint64_t hidden_bytes) {
  // A chunk's data ended in sight of its size, and just enough followed to end the body.
  fits_last_chunk_ = !blind_ && part_ == ChunkPart::kDataEnd && hidden_bytes == kLastChunkBytes;
  blind_ = true;
}

void Http1Body::look_at_tail(std::uint64_t tail) {
  if (!blind_ || kind_ == Kind::kInferredLength) return;
  if (ends_in_last_chunk(tail) || (tail == 0 && fits_last_chunk_)) done_ = true;
}

std::size_t Http1Body::take_blind(std::string_view bytes) {
  fits_last_chunk_ = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    tail_ = (tail_ << 8U) | static_cast<unsigned char>(bytes[i]);
    if (!ends_in_last_chunk(tail_)) continue;
    done_ = true;
    return i + 1;
  }
  return bytes.size();
}

std::size_t Http1Body::take_chunked(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !done_ && !broken_) {
    if (part_ != ChunkPart::kData) {
      step(bytes[taken++]);
      continue;
    }
    const std::uint64_t data = std::min<std::uint64_t>(remaining_bytes_, bytes.size() - taken);
    taken += static_cast<std::size_t>(data);
    remaining_bytes_ -= data;
    if (remaining_bytes_ == 0) part_ = ChunkPart::kDataEnd;
  }
  return taken;
}

void Http1Body::step(char c) {
  if (c == '\r') return;
  switch (part_) {
    case ChunkPart::kSize:
      return c == '\n' ? end_size_line() : read_size_digit(c);
    case ChunkPart::kExtension:
      if (c == '\n') end_size_line();
      return;
    case ChunkPart::kDataEnd:
      broken_ = c != '\n';
      part_ = ChunkPart::kSize;
      return;
    case ChunkPart::kTrailer:
      done_ = c == '\n' && line_bytes_ == 0;
      line_bytes_ = c == '\n' ? 0 : 1;
      return;
    case ChunkPart::kData:
      return;
  }
}

void Http1Body::read_size_digit(char c) {
  const unsigned digit = hex_value(c);
  if (digit < 16) {
    broken_ = remaining_bytes_ >> 58U != 0;
    remaining_bytes_ = remaining_bytes_ * 16 + digit;
    ++line_bytes_;
    return;
  }
  broken_ = line_bytes_ == 0 || (c != ';' && c != ' ' && c != '\t');
  part_ = ChunkPart::kExtension;
}

void Http1Body::end_size_line() {
  broken_ = line_bytes_ == 0;
  line_bytes_ = 0;
  part_ = remaining_bytes_ == 0 ? ChunkPart::kTrailer : ChunkPart::kData;
}

}  // namespace sonde::protocol
