#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "cli/human.h"

namespace sonde::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastFirstColumn = 8;

struct Layout {
  std::vector<std::size_t> shown;   ///< indexes of the columns that fit
  std::vector<std::size_t> widths;  ///< of every column

  [[nodiscard]] std::size_t width() const {
    return std::accumulate(shown.begin(), shown.end(), (shown.size() - 1) * kGap,
                           [this](std::size_t sum, std::size_t column) { return sum + widths[column]; });
  }
};

Layout measure(const Table& table) {
  Layout layout;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t width = std::max(display_width(table.columns[column].title), table.columns[column].least_width);
    for (const auto& row : table.rows) width = std::max(width, display_width(row[column].text));
    layout.shown.push_back(column);
    layout.widths.push_back(width);
  }
  return layout;
}

/// First the names get shorter, then columns go, least important first.
void squeeze(Layout& layout, const Table& table, std::size_t limit) {
  const std::size_t whole_first = layout.widths[0];
  while (layout.width() > limit) {
    const std::size_t excess = layout.width() - limit;
    const std::size_t least = std::min(whole_first, kLeastFirstColumn);
    if (layout.widths[0] >= least + excess) {
      layout.widths[0] -= excess;
      return;
    }
    const auto first_to_go =
        std::max_element(layout.shown.begin(), layout.shown.end(), [&table](std::size_t left, std::size_t right) {
          return table.columns[left].drop_rank < table.columns[right].drop_rank;
        });
    if (table.columns[*first_to_go].drop_rank == 0) {
      layout.widths[0] = least;
      return;
    }
    layout.shown.erase(first_to_go);
  }
}

const char* start_of(Tint tint) {
  switch (tint) {
    case Tint::kNone:
      return "";
    case Tint::kYellow:
      return "\x1b[33m";
    case Tint::kRed:
      return "\x1b[31m";
  }
  return "";
}

std::string render_cell(const Cell& cell, std::size_t width, bool align_right, bool colour) {
  const std::string text = cut_middle(cell.text, width);
  const std::string padding(width - display_width(text), ' ');
  const bool tinted = colour && cell.tint != Tint::kNone;
  const std::string painted = tinted ? start_of(cell.tint) + text + "\x1b[0m" : text;
  return align_right ? padding + painted : painted + padding;
}

std::string render_line(const std::vector<Cell>& cells, const Table& table, const Layout& layout, bool colour) {
  std::string line;
  for (const std::size_t column : layout.shown) {
    if (column != layout.shown.front()) line.append(kGap, ' ');
    line += render_cell(cells[column], layout.widths[column], table.columns[column].align_right, colour);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string render_table(const Table& table, const TableStyle& style) {
  Layout layout = measure(table);
  if (style.width > 0) squeeze(layout, table, style.width);
  std::vector<Cell> titles;
  for (const Column& column : table.columns) titles.push_back(Cell{column.title});
  const std::string head = render_line(titles, table, layout, false);
  std::string text;
  if (style.titles) text = style.colour ? "\x1b[1m" + head + "\x1b[0m\n" : head + "\n";
  for (const auto& row : table.rows) text += render_line(row, table, layout, style.colour) + "\n";
  return text;
}

}  // namespace sonde::cli
