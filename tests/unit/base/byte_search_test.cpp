#include "base/byte_search.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {
namespace {

constexpr auto kAny = [](auto c) { return (c & 0) == 0; };

}  // namespace

TEST_CASE(
    "byte search: the first byte of the kind is found from every place of texts of every size") {
  const auto is_sign = [](auto c) { return (c == '!') | ((c & 0xF0) == 0xF0); };
  for (std::size_t size = 0; size < 100; ++size) {
    for (std::size_t sign = 0; sign <= size; ++sign) {
      std::string text(size, 'a');
      if (sign < size) {
        text[sign] = sign % 2 == 0 ? '!' : '\xF3';
      }
      for (std::size_t at = 0; at <= size; at += 7) {
        CHECK(find_byte_if(text, at, is_sign) == (at <= sign ? sign : size));
      }
    }
  }
}

TEST_CASE("byte search: nothing is found behind the end") {
  CHECK(find_byte_if("", 0, kAny) == 0);
  CHECK(find_byte_if("abc", 3, kAny) == 3);
  CHECK(find_byte_if("abc", 4, kAny) == 4);
}

TEST_CASE("byte search: pairs are found in texts of every size, but not at the first byte") {
  const auto is_pair = [](auto c, auto before) { return (c == '=') & (before == 'r'); };
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t sign = 0; sign <= size; ++sign) {
      std::string text(size, '=');
      if (sign > 0 && sign < size) {
        text[sign - 1] = 'r';
      }
      const std::size_t expected = sign > 0 && sign < size ? sign : size;
      for (std::size_t at = 0; at <= size; at += 5) {
        CHECK(find_pair_if(text, at, is_pair) == (at <= expected ? expected : size));
      }
    }
  }
}

}  // namespace merlon
