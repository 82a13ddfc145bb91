#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde {

/// A place in a file.  units: from 1; the column counts bytes.
struct Position {
  int line = 0;
  int column = 0;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Entry {
  NodePtr key;
  NodePtr value;
};

enum class NodeKind : std::uint8_t { kNull, kScalar, kSequence, kMapping };

/// A YAML value as it was written: duplicate and complex keys are kept, so that whoever reads it can refuse them.
struct Node {
  NodeKind kind = NodeKind::kNull;
  Position at;
  bool tagged = false;          ///< carries an explicit tag such as !!str
  std::string text;             ///< scalars
  std::vector<NodePtr> items;   ///< sequences
  std::vector<Entry> entries;   ///< mappings, in the file's order
  std::size_t value_count = 1;  ///< values within, aliases followed
};

/// Why a text is no single YAML document.
struct SyntaxFault {
  Position at;
  std::string what;
};

/// Largest configuration that is read at all.
inline constexpr std::size_t kMaxFileBytes = 1U << 20U;

/// Reads one document of YAML 1.2. An empty text is a null; no text of the file is repeated in a fault.
/// errors: the first thing that is not YAML, not UTF-8, or beyond the limits on depth, size and aliases.
Expected<NodePtr, SyntaxFault> parse_document(std::string_view text);

}  // namespace sonde
