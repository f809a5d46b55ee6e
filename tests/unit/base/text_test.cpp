#include "base/text.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {

using namespace std::string_literals;

TEST_CASE("text: the first byte that is not UTF-8 is found, at the edges of the tables") {
  for (const std::string good :
       {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK_FALSE(find_invalid_utf8(good).has_value());
    CHECK_FALSE(find_invalid_utf8("12345678" + good + "9").has_value());
  }
  for (const std::string bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE2\x82",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFE", "\xFF"}) {
    CHECK(find_invalid_utf8(bad) == 0);
    CHECK(find_invalid_utf8("1234567" + bad) == 7);
    CHECK(find_invalid_utf8("é23456789" + bad + "x") == 10);
  }
}

TEST_CASE(
    "text: code points decode and encode as the same bytes; bad ones become U+FFFD and one byte") {
  const std::string text = "aé€𝄞\xFFz";
  std::u32string seen;
  std::size_t at = 0;
  while (at < text.size()) {
    seen.push_back(next_code_point(text, at));
  }
  CHECK(seen == U"aé€𝄞\uFFFDz");
  std::string out;
  for (const char32_t c : {U'a', U'é', U'€', U'𝄞'}) {
    append_utf8(out, c);
  }
  append_utf8(out, 0xD800);
  append_utf8(out, 0x110000);
  CHECK(out == "aé€𝄞\uFFFD\uFFFD");
  CHECK(count_code_points("aé€𝄞") == 4);
}

TEST_CASE("text: what people cannot see is escaped, what they can stays") {
  CHECK(escape_for_display("plain é 漢字 😀\u00A0") == "plain é 漢字 😀\u00A0");
  CHECK(escape_for_display("a\n\r\t\x1B[m\0\x7F"s) == "a\\n\\r\\t\\e[m\\u{0000}\\u{007F}");
  CHECK(escape_for_display("\u200B\u202E\uFEFF\u2028\u00AD\U000E0041") ==
        "\\u{200B}\\u{202E}\\u{FEFF}\\u{2028}\\u{00AD}\\u{E0041}");
  CHECK(escape_for_display("\xFF\xC3") == "\\xFF\\xC3");
  CHECK(escape_for_display("❤\uFE0F") == "❤\uFE0F");  // an emoji's selector is no secret
}

TEST_CASE("text: shorten cuts at a code point and says so") {
  CHECK(shorten("abc", 3) == "abc");
  CHECK(shorten("abcd", 3) == "abc…");
  CHECK(shorten("aéé", 2) == "a…");
  CHECK(shorten("é", 0) == "…");
}

TEST_CASE("text: a masked secret shows at most its kind") {
  CHECK(mask_secret("ghp_0123456789abcdef0123") == "ghp_…(24)");
  CHECK(mask_secret("short-password") == "…(14)");
  CHECK(mask_secret("éééééééééééééé") == "…(28)");
  CHECK(mask_secret("") == "…(0)");
}

TEST_CASE("text: ASCII case, trimming, splitting, joining") {
  CHECK(to_lower_ascii("ABC-É") == "abc-É");
  CHECK(equals_ignoring_case("Content-Type", "content-type"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" ") == "");
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ") == "");
  CHECK(is_ascii("abc\x7F"));
  CHECK_FALSE(is_ascii("abcdefghé"));
}

TEST_CASE("text: numbers are whole and in range or nothing") {
  CHECK(parse_unsigned("18446744073709551615") == 18446744073709551615ULL);
  for (const std::string_view bad : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"}) {
    CHECK_FALSE(parse_unsigned(bad).has_value());
  }
}

TEST_CASE("text: globs match the whole text") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("a*b?c", "axxbyc"));
  CHECK(glob_match("[a-c]x[!0-9]", "bxz"));
  CHECK(glob_match("a[", "a["));
  CHECK_FALSE(glob_match("a", "ab"));
  CHECK_FALSE(glob_match("?", ""));
  CHECK_FALSE(glob_match("[!a]", "a"));
  std::string stars;
  for (int i = 0; i < 1000; ++i) {
    stars += "*a";
  }
  CHECK_FALSE(glob_match(stars + "b", std::string(10'000, 'a')));
}

TEST_CASE("text: the nearest word is near or there is none") {
  CHECK(nearest("too1s-list", {"prompts-list", "tools-list"}) == "tools-list");
  CHECK(nearest("xyz", {"prompts-list", "tools-list"}) == "");
  CHECK(edit_distance("abcd", "acbd", 3) == 1);
  CHECK(edit_distance("abc", "", 5) == 3);
  CHECK(edit_distance("abcdef", "uvwxyz", 2) == 3);
}

}  // namespace merlon
