#include "wrap/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kContext = 3;
constexpr std::size_t kMostCells = std::size_t{4} << 20;

/// One line of the difference: ` `, `-` or `+`.
struct DiffLine {
  char mark;
  std::string_view text;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  return text.empty() ? std::vector<std::string_view>() : split(text, '\n');
}

using Lines = std::vector<std::string_view>;

void add_lines(std::vector<DiffLine>& out, char mark, const Lines& lines, std::size_t begin,
               std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    out.push_back({mark, lines[i]});
  }
}

/// The part of both texts that differs.
struct Middle {
  const Lines& before;
  const Lines& after;
  std::size_t begin{0};
  std::size_t before_end{0};
  std::size_t after_end{0};

  [[nodiscard]] std::size_t rows() const { return before_end - begin; }
  [[nodiscard]] std::size_t columns() const { return after_end - begin; }
};

/// By the longest common subsequence.
void diff_middle(std::vector<DiffLine>& out, const Middle& middle) {
  const std::size_t rows = middle.rows();
  const std::size_t width = middle.columns() + 1;
  if (rows != 0 && width > kMostCells / (rows + 1)) {
    add_lines(out, '-', middle.before, middle.begin, middle.before_end);
    add_lines(out, '+', middle.after, middle.begin, middle.after_end);
    return;
  }
  std::vector<std::uint32_t> longest((rows + 1) * width);
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = width - 1; j-- > 0;) {
      longest[i * width + j] =
          middle.before[middle.begin + i] == middle.after[middle.begin + j]
              ? longest[(i + 1) * width + j + 1] + 1
              : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j + 1 < width) {
    const bool both = i < rows && j + 1 < width;
    if (both && middle.before[middle.begin + i] == middle.after[middle.begin + j]) {
      out.push_back({' ', middle.before[middle.begin + i]});
      ++i;
      ++j;
    } else if (j + 1 >= width ||
               (i < rows && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      out.push_back({'-', middle.before[middle.begin + i++]});
    } else {
      out.push_back({'+', middle.after[middle.begin + j++]});
    }
  }
}

std::vector<DiffLine> diff_lines(const Lines& before, const Lines& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  Middle middle{
      .before = before, .after = after, .before_end = before.size(), .after_end = after.size()};
  while (middle.begin < shorter && before[middle.begin] == after[middle.begin]) {
    ++middle.begin;
  }
  while (middle.before_end > middle.begin && middle.after_end > middle.begin &&
         before[middle.before_end - 1] == after[middle.after_end - 1]) {
    --middle.before_end;
    --middle.after_end;
  }
  std::vector<DiffLine> out;
  add_lines(out, ' ', before, 0, middle.begin);
  diff_middle(out, middle);
  add_lines(out, ' ', before, middle.before_end, before.size());
  return out;
}

std::string range_of(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

/// The hunk of lines [begin, end); `before` and `after` count the lines in front of it.
std::string hunk_of(const std::vector<DiffLine>& lines, std::size_t begin, std::size_t end,
                    std::size_t before, std::size_t after) {
  std::size_t old_count = 0;
  std::size_t new_count = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    old_count += lines[i].mark == '+' ? 0U : 1U;
    new_count += lines[i].mark == '-' ? 0U : 1U;
    body.append(1, lines[i].mark).append(lines[i].text).push_back('\n');
  }
  return "@@ -" + range_of(before, old_count) + " +" + range_of(after, new_count) + " @@\n" + body;
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) {
    return {};
  }
  const std::vector<DiffLine> lines = diff_lines(lines_of(before), lines_of(after));
  std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  for (std::size_t at = 0; at < lines.size();) {
    std::size_t first = at;
    while (first < lines.size() && lines[first].mark == ' ') {
      ++first;
    }
    if (first == lines.size()) {
      break;
    }
    const std::size_t begin = std::max(at, first - std::min(first, kContext));
    old_line += begin - at;
    new_line += begin - at;
    std::size_t last = first;
    for (std::size_t i = first; i < lines.size() && i <= last + 2 * kContext; ++i) {
      last = lines[i].mark == ' ' ? last : i;
    }
    const std::size_t end = std::min(lines.size(), last + 1 + kContext);
    out += hunk_of(lines, begin, end, old_line, new_line);
    for (std::size_t i = begin; i < end; ++i) {
      old_line += lines[i].mark == '+' ? 0U : 1U;
      new_line += lines[i].mark == '-' ? 0U : 1U;
    }
    at = end;
  }
  return out;
}

}  // namespace merlon
