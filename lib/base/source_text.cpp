#include "base/source_text.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kExcerptBefore = 60;
constexpr std::size_t kExcerptMarked = 80;
constexpr std::size_t kExcerptAfter = 60;
constexpr std::size_t kColumnStep = 4U << 10U;

bool is_continuation_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

SourceText::SourceText(std::string name, std::string_view bytes, std::shared_ptr<const void> owner)
    : name_(std::move(name)), bytes_(bytes), owner_(std::move(owner)) {
  line_starts_.push_back(0);
  for (std::size_t at = 0; at < bytes_.size();) {
    const void* hit = std::memchr(bytes_.data() + at, '\n', bytes_.size() - at);
    if (hit == nullptr) {
      break;
    }
    const std::size_t begin = at;
    at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes_.data()) + 1;
    mark_columns(begin, at);
    line_starts_.push_back(static_cast<std::uint32_t>(at));
  }
  mark_columns(line_starts_.back(), bytes_.size());
}

void SourceText::mark_columns(std::size_t line_begin, std::size_t line_end) {
  std::size_t code_points = 0;
  for (std::size_t at = line_begin; at + kColumnStep < line_end; at += kColumnStep) {
    code_points += count_code_points(bytes_.substr(at, kColumnStep));
    column_marks_.push_back({.offset = static_cast<std::uint32_t>(at + kColumnStep),
                             .code_points = static_cast<std::uint32_t>(code_points)});
  }
}

std::shared_ptr<const SourceText> SourceText::copy_of(std::string name, std::string bytes) {
  auto owned = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owned;
  return std::make_shared<const SourceText>(std::move(name), view, std::move(owned));
}

std::uint32_t SourceText::line_of(std::uint64_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

std::uint32_t SourceText::column_of(std::uint64_t offset, std::uint32_t line) const {
  std::size_t start = line_starts_[line - 1];
  std::size_t before = 0;
  const auto after = std::upper_bound(
      column_marks_.begin(), column_marks_.end(), offset,
      [](std::uint64_t wanted, const ColumnMark& mark) { return wanted < mark.offset; });
  if (after != column_marks_.begin() && std::prev(after)->offset >= start) {
    start = std::prev(after)->offset;
    before = std::prev(after)->code_points;
  }
  // A byte order mark takes no column.
  const bool marked = line == 1 && bytes_.starts_with("\xEF\xBB\xBF") && offset >= 3;
  const std::size_t code_points = before + count_code_points(bytes_.substr(start, offset - start));
  return static_cast<std::uint32_t>(code_points + (marked ? 0 : 1));
}

Location SourceText::locate(std::uint64_t offset, std::uint64_t length) const {
  offset = std::min<std::uint64_t>(offset, bytes_.size());
  length = std::min<std::uint64_t>(length, bytes_.size() - offset);
  Location where;
  where.file = name_;
  where.offset = offset;
  where.length = length;
  where.line = line_of(offset);
  where.column = column_of(offset, where.line);
  where.end_line = line_of(offset + length);
  where.end_column = column_of(offset + length, where.end_line);

  const std::size_t line_begin = line_starts_[where.line - 1];
  std::size_t line_end =
      where.line < line_starts_.size() ? line_starts_[where.line] - 1 : bytes_.size();
  if (line_end > line_begin && bytes_[line_end - 1] == '\r') {
    --line_end;
  }
  const std::size_t first = std::min<std::size_t>(offset, line_end);
  std::size_t begin = std::max(line_begin, first - std::min(first, kExcerptBefore));
  while (begin < first && is_continuation_byte(bytes_[begin])) {
    ++begin;
  }
  const auto cut_at = [&](std::size_t from, std::size_t wanted) {
    std::size_t end = std::min(line_end, wanted);
    while (end > from && end < line_end && is_continuation_byte(bytes_[end])) {
      --end;
    }
    return end;
  };
  const std::size_t marked_end =
      cut_at(first, first + std::min<std::size_t>(length, kExcerptMarked));
  const std::size_t after_end = cut_at(marked_end, marked_end + kExcerptAfter);
  where.excerpt.before = bytes_.substr(begin, first - begin);
  where.excerpt.marked = bytes_.substr(first, marked_end - first);
  where.excerpt.after = bytes_.substr(marked_end, after_end - marked_end);
  where.excerpt.cut_left = begin > line_begin;
  where.excerpt.cut_right = after_end < line_end;
  return where;
}

std::uint64_t SourceText::offset_of(std::uint32_t line, std::uint32_t code_point_column) const {
  if (line == 0) {
    return 0;
  }
  if (line > line_starts_.size()) {
    return bytes_.size();
  }
  std::size_t at = line_starts_[line - 1];
  if (line == 1 && bytes_.starts_with("\xEF\xBB\xBF")) {
    at = 3;
  }
  const std::size_t end = line < line_starts_.size() ? line_starts_[line] - 1 : bytes_.size();
  for (std::uint32_t i = 0; i < code_point_column && at < end; ++i) {
    ++at;
    while (at < end && is_continuation_byte(bytes_[at])) {
      ++at;
    }
  }
  return at;
}

std::uint64_t SourceText::byte_offset_of(std::uint32_t line, std::uint32_t byte_column) const {
  if (line == 0) {
    return 0;
  }
  if (line > line_starts_.size()) {
    return bytes_.size();
  }
  const std::size_t end = line < line_starts_.size() ? line_starts_[line] - 1 : bytes_.size();
  return std::min<std::size_t>(end, std::size_t{line_starts_[line - 1]} + byte_column);
}

}  // namespace merlon
