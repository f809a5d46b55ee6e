#include "base/source_text.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {
namespace {

std::shared_ptr<const SourceText> source(std::string text) {
  return SourceText::copy_of("f", std::move(text));
}

std::string show_place(const Location& where) {
  return std::to_string(where.line) + ":" + std::to_string(where.column) + "-" +
         std::to_string(where.end_line) + ":" + std::to_string(where.end_column) + " " +
         where.excerpt.before + "[" + where.excerpt.marked + "]" + where.excerpt.after;
}

}  // namespace

TEST_CASE("source text: lines end at LF, columns count code points from 1") {
  const auto text = source("aé𝄞b\nc\r\n\nd");
  CHECK(show_place(text->locate(0, 1)) == "1:1-1:2 [a]é𝄞b");
  CHECK(show_place(text->locate(7, 1)) == "1:4-1:5 aé𝄞[b]");
  CHECK(show_place(text->locate(9, 1)) == "2:1-2:2 [c]");
  CHECK(show_place(text->locate(12, 0)) == "3:1-3:1 []");
  CHECK(show_place(text->locate(13, 1)) == "4:1-4:2 [d]");
  CHECK(show_place(text->locate(7, 3)) == "1:4-2:2 aé𝄞[b]");
}

TEST_CASE("source text: a place past the end is the end") {
  const auto text = source("ab\n");
  CHECK(show_place(text->locate(99, 99)) == "2:1-2:1 []");
  CHECK(show_place(source("")->locate(0, 0)) == "1:1-1:1 []");
}

TEST_CASE("source text: a byte order mark takes no column") {
  const auto text = source(
      "\xEF\xBB\xBF"
      "ab");
  CHECK(text->locate(3, 1).column == 1);
  CHECK(text->locate(4, 1).column == 2);
  CHECK(text->offset_of(1, 1) == 4);
}

TEST_CASE("source text: offsets of lines and columns, clamped to the line") {
  const auto text = source("é€\nxy");
  CHECK(text->offset_of(1, 0) == 0);
  CHECK(text->offset_of(1, 1) == 2);
  CHECK(text->offset_of(1, 2) == 5);
  CHECK(text->offset_of(1, 9) == 5);
  CHECK(text->offset_of(2, 1) == 7);
  CHECK(text->offset_of(9, 0) == 8);
  CHECK(text->byte_offset_of(1, 3) == 3);
  CHECK(text->byte_offset_of(1, 99) == 5);
}

TEST_CASE("source text: the excerpt of one huge line is a window, whole code points only") {
  const std::string line = std::string(100'000, 'x') + "é" + std::string(100'000, 'y');
  const Location where = source(line)->locate(100'000, 2);
  CHECK(where.column == 100'001);
  CHECK(where.excerpt.marked == "é");
  CHECK(where.excerpt.before.size() <= 60);
  CHECK(where.excerpt.after.size() <= 60);
  CHECK(where.excerpt.cut_left);
  CHECK(where.excerpt.cut_right);
}

TEST_CASE("source text: many places in one huge line are found in linear time") {
  std::string line;
  for (int i = 0; i < 500'000; ++i) {
    line += "é";
  }
  const auto text = source(line);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 500'000; i += 50) {
    sum += text->locate(2 * i, 2).column;
  }
  CHECK(sum == 10'000ULL * (1 + 499'951) / 2);
}

}  // namespace merlon
