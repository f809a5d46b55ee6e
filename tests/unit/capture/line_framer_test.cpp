#include "capture/line_framer.h"

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

TEST_CASE(
    "framer: lines end at the byte 0x0A, one carriage return before it is not part of the line") {
  LineFramer framer(100, 1000);
  framer.append("one\r\ntwo\r\r\n\nthree\xE2\x80\xA8three\rx\nrest");
  CHECK(all_lines(framer) ==
        std::vector<std::string>{"one", "two\r", "", "three\xE2\x80\xA8three\rx"});
  CHECK(framer.rest() == "rest");
}

TEST_CASE("framer: how the bytes are cut does not matter") {
  const std::string text = "a\nbc\n\nlonger line\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    LineFramer framer(100, 1000);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      framer.append(std::string_view(text).substr(at, piece));
      for (std::string& line : all_lines(framer)) {
        lines.push_back(std::move(line));
      }
    }
    CHECK(lines == std::vector<std::string>{"a", "bc", "", "longer line"});
  }
}

TEST_CASE("framer: a line at the limit passes, one byte more does not, ended or not") {
  std::string line;
  LineFramer fits(4, 1000);
  fits.append("1234\n");
  CHECK(fits.next(line) == Next::kLine);
  LineFramer ended(4, 1000);
  ended.append("12345\n");
  CHECK(ended.next(line) == Next::kLineTooLong);
  LineFramer open(4, 1000);
  open.append("1234");
  CHECK(open.next(line) == Next::kNeedMore);
  open.append("5");
  CHECK(open.next(line) == Next::kLineTooLong);
}

TEST_CASE("framer: the sum of all bytes is bounded, and what came before the bound is given out") {
  LineFramer framer(100, 6);
  std::string line;
  framer.append("12\n45\n");
  framer.append("7\n");
  CHECK(framer.next(line) == Next::kLine);
  CHECK(framer.next(line) == Next::kLine);
  CHECK(line == "45");
  CHECK(framer.next(line) == Next::kTooMuch);
}
