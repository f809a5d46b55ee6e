#include "mcp/line_framer.h"

#include <vector>

#include <doctest/doctest.h>

using namespace merlon;
using Next = LineFramer::Next;

namespace {

std::vector<std::string> all_lines(LineFramer& framer) {
  std::vector<std::string> out;
  std::string line;
  while (framer.next(line) == Next::kLine) {
    out.push_back(line);
  }
  return out;
}

}  // namespace

TEST_CASE("framer: lines end at the byte 0x0A only, and keep every other byte") {
  LineFramer framer(100);
  framer.append("one\r\ntwo\r\r\n\nthree\xE2\x80\xA8three\rx\nrest");
  CHECK(all_lines(framer) ==
        std::vector<std::string>{"one\r", "two\r\r", "", "three\xE2\x80\xA8three\rx"});
  CHECK(framer.rest() == "rest");
}

TEST_CASE("framer: how the bytes are cut does not matter") {
  const std::string text = "a\nbc\n\nlonger line\n12345678901234567\nend\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    LineFramer framer(16);
    std::vector<std::string> lines;
    std::size_t too_long = 0;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      framer.append(std::string_view(text).substr(at, piece));
      std::string line;
      for (Next next = framer.next(line); next != Next::kNeedMore; next = framer.next(line)) {
        if (next == Next::kLine) {
          lines.push_back(line);
        } else {
          ++too_long;
        }
      }
    }
    CHECK(lines == std::vector<std::string>{"a", "bc", "", "longer line", "end"});
    CHECK(too_long == 1);
  }
}

TEST_CASE("framer: a line at the limit passes, one byte more does not, ended or not") {
  std::string line;
  LineFramer fits(4);
  fits.append("1234\n");
  CHECK(fits.next(line) == Next::kLine);
  LineFramer ended(4);
  ended.append("12345\n");
  CHECK(ended.next(line) == Next::kLineTooLong);
  LineFramer open(4);
  open.append("1234");
  CHECK(open.next(line) == Next::kNeedMore);
  open.append("5");
  CHECK(open.next(line) == Next::kLineTooLong);
}

TEST_CASE("framer: a line that is too long costs no memory, and the line after it is whole") {
  LineFramer framer(4);
  std::string line;
  framer.append("12345");
  CHECK(framer.next(line) == Next::kLineTooLong);
  for (int i = 0; i < 1000; ++i) {
    framer.append(std::string(1000, 'x'));
    CHECK(framer.next(line) == Next::kNeedMore);
    CHECK(framer.room(1).size() < 10'000);
  }
  framer.append("x\nnext\n");
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == "next");
}

TEST_CASE("framer: long lines are given out whole, with what follows them") {
  LineFramer framer(4U << 20U);
  std::string line;
  const std::string long_line(3U << 20U, 'y');
  framer.append(long_line + "\nshort\nhalf");
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == long_line);
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == "short");
  CHECK(framer.next(line) == Next::kNeedMore);
  framer.append(" and half\n");
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == "half and half");
}

TEST_CASE("framer: of a line that is too long its own beginning is shown, ended or not") {
  std::string line;
  LineFramer framer(4);
  framer.append("123456\nnext\n");
  CHECK(framer.next(line) == Next::kLineTooLong);
  CHECK(framer.too_long() == "123456");
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == "next");
  framer.append("abcde");
  CHECK(framer.next(line) == Next::kLineTooLong);
  CHECK(framer.too_long() == "abcde");
}
