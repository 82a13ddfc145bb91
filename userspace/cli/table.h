#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sonde::cli {

enum class Tint : std::uint8_t { kNone, kYellow, kRed };

struct Cell {
  std::string text;
  Tint tint = Tint::kNone;
};

/// units: drop_rank says which column goes first if the terminal is too narrow (highest first; 0 never goes).
struct Column {
  std::string title;
  bool align_right = true;
  int drop_rank = 0;
  std::size_t least_width = 0;  ///< so that what is printed later stands below what was printed before
};

/// The first column is the one that is cut if space is short. Every row has one cell for each column.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

struct TableStyle {
  std::size_t width = 0;  ///< columns of the terminal; 0: as wide as it gets
  bool colour = false;
  bool titles = true;
};

/// Lines of aligned cells under a line of titles, each ending in a newline.
std::string render_table(const Table& table, const TableStyle& style);

}  // namespace sonde::cli
