#include "serve/compression.h"

#include <zlib.h>

#include <cstddef>

namespace sonde::serve {
namespace {

/// zlib writes gzip instead of its own format if this is added to the window's size.
constexpr int kGzipFormat = 16;
constexpr int kMemoryLevel = 8;

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_refused(std::string_view weight) {
  weight = trim(weight);
  if (weight.substr(0, 2) != "q=" && weight.substr(0, 2) != "Q=") return false;
  return weight.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(item.size() < accept_encoding.size() ? item.size() + 1 : item.size());
    const std::size_t semicolon = item.find(';');
    if (trim(item.substr(0, semicolon)) != "gzip") continue;
    return semicolon == std::string_view::npos || !is_refused(item.substr(semicolon + 1));
  }
  return false;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzipFormat, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return {};
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

}  // namespace sonde::serve
