#pragma once
/// The bytes of one input with a name, and the way from byte offsets to lines and columns.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/location.h"

namespace merlon {

/// Immutable once made; safe to share between threads. The line index is built when the object is
/// made.
class SourceText {
 public:
  /// `owner` keeps `bytes` alive (a string, a memory mapping).
  SourceText(std::string name, std::string_view bytes, std::shared_ptr<const void> owner);
  /// A source that owns a copy of `bytes`.
  [[nodiscard]] static std::shared_ptr<const SourceText> copy_of(std::string name,
                                                                 std::string bytes);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// The place of `length` bytes from `offset`, clamped to the text; with an excerpt of at most 160
  /// bytes.
  [[nodiscard]] Location locate(std::uint64_t offset, std::uint64_t length) const;
  /// Byte offset of a 1-based line and a 0-based column in code points; clamped to the line.
  [[nodiscard]] std::uint64_t offset_of(std::uint32_t line, std::uint32_t code_point_column) const;
  /// Byte offset of a 1-based line and a 0-based column in bytes; clamped to the line.
  [[nodiscard]] std::uint64_t byte_offset_of(std::uint32_t line, std::uint32_t byte_column) const;
  /// 1-based line of a byte.
  [[nodiscard]] std::uint32_t line_of(std::uint64_t offset) const;

 private:
  [[nodiscard]] std::uint32_t column_of(std::uint64_t offset, std::uint32_t line) const;

  std::string name_;
  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
  /// Code points between the start of a long line and `offset`, so that a column in a file of one
  /// huge line does not cost a walk over the line each time.
  struct ColumnMark {
    std::uint32_t offset;
    std::uint32_t code_points;
  };
  void mark_columns(std::size_t line_begin, std::size_t line_end);

  std::vector<std::uint32_t> line_starts_;
  std::vector<ColumnMark> column_marks_;
};

}  // namespace merlon
