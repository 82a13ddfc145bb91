#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sonde::protocol {

/// Follows one message body to its end (RFC 9112 sections 6.3 and 7.1), through bytes it sees and bytes nobody copied.
class Http1Body {
 public:
  Http1Body() = default;

  /// shape: `length_bytes` is at least 1; a message without a body has no Http1Body.
  static Http1Body with_length(std::uint64_t length_bytes);
  static Http1Body chunked();
  static Http1Body until_close();
  /// After a head whose end nobody copied: over once more than `length_bytes` went by.
  static Http1Body inferred_length(std::uint64_t length_bytes);
  /// After a head whose end nobody copied and that told no length: over when it looks like it.
  static Http1Body inferred();

  /// Takes from the front of `bytes` what belongs to the body, and says how much that was.
  std::size_t take(std::string_view bytes);

  /// Takes up to `length_bytes` that nobody copied, and says how many belong to the body.
  std::uint64_t skip(std::uint64_t length_bytes);

  /// Ends a body whose chunks are out of sight if its last bytes so far are those of a last chunk.
  /// shape: the newest byte lowest; 0 if they are not known.
  void look_at_tail(std::uint64_t tail);

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool broken() const { return broken_; }
  /// True if the end can only be guessed from outside: by its tail, by what follows, or by the close.
  [[nodiscard]] bool blind() const { return blind_; }
  [[nodiscard]] bool has_length() const { return kind_ == Kind::kLength; }
  [[nodiscard]] bool ends_at_close() const { return kind_ == Kind::kUntilClose; }
  [[nodiscard]] bool is_inferred() const { return kind_ == Kind::kInferred || kind_ == Kind::kInferredLength; }
  /// How much is certainly still to come.
  [[nodiscard]] std::uint64_t certain_bytes() const;

 private:
  enum class Kind : std::uint8_t { kLength, kChunked, kUntilClose, kInferredLength, kInferred };
  enum class ChunkPart : std::uint8_t { kSize, kExtension, kData, kDataEnd, kTrailer };

  Http1Body(Kind kind, std::uint64_t remaining_bytes);
  std::size_t take_chunked(std::string_view bytes);
  std::size_t take_blind(std::string_view bytes);
  void blind_after(std::uint64_t hidden_bytes);
  void step(char c);
  void read_size_digit(char c);
  void end_size_line();

  std::uint64_t remaining_bytes_ = 0;  // of the body, or of the chunk's data; while the size is read: the size
  std::uint64_t tail_ = 0;
  std::uint32_t line_bytes_ = 0;
  Kind kind_ = Kind::kUntilClose;
  ChunkPart part_ = ChunkPart::kSize;
  bool done_ = false;
  bool broken_ = false;
  bool blind_ = false;
  bool fits_last_chunk_ = false;  // what is out of sight is as long as a last chunk
};

}  // namespace sonde::protocol
