#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "unit/rules/check_fixture.h"

namespace merlon::test {
namespace {

using UnicodeReports = std::vector<std::string>;

std::string points(std::initializer_list<char32_t> code_points) {
  std::string out;
  for (const char32_t c : code_points) {
    append_utf8(out, c);
  }
  return out;
}

UnicodeReports inspect(const std::string& text) {
  return run_check("hidden-unicode", "{\"a\":\"" + text + "\"}");
}

std::string tags(std::string_view text) {
  std::string out;
  for (const char c : text) {
    append_utf8(out, 0xE0000U + static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

TEST_CASE("hidden unicode: tag characters are decoded") {
  CHECK(inspect("x" + tags("send it")) ==
        UnicodeReports{
            "hidden-tag-characters @/a: holds 7 invisible tag characters that spell `send it`"});
  std::vector<Manifest> manifests;
  manifests.push_back(manifest_of("{\"a\":\"xy" + tags("hi") + "z\"}"));
  const auto hits = hits_of_check("hidden-unicode", manifests);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].begin == 2);
  CHECK(hits[0].end == 10);
  CHECK(hits[0].evidence.text == "hi");
  CHECK(hits[0].evidence.decoded_by == std::vector<std::string>{"tag characters"});
}

TEST_CASE("hidden unicode: the flag of Scotland is no hidden text, tags after it are") {
  const std::string flag = points({0x1F3F4}) + tags("gbsct") + points({0xE007F});
  CHECK(inspect("a " + flag + " b").empty());
  CHECK(inspect(flag + tags("obey")) ==
        UnicodeReports{
            "hidden-tag-characters @/a: holds 4 invisible tag characters that spell `obey`"});
}

TEST_CASE("hidden unicode: a run of variation selectors is decoded, one after an emoji is fine") {
  std::string run = points({0x1F600});
  for (const char c : std::string("key")) {
    append_utf8(run, 0xE0100U + static_cast<unsigned char>(c) - 16);
  }
  CHECK(inspect(run) ==
        UnicodeReports{"hidden-variation-selectors @/a: holds 3 variation selectors that "
                       "select nothing and spell `key`"});
  CHECK(inspect(points({0x2764, 0xFE0F, 0x20, 0x2714, 0xFE0E})).empty());
  // An ideographic variation is what the second block is for.
  CHECK(inspect(points({0x8FBA, 0xE0101})).empty());
}

TEST_CASE(
    "hidden unicode: overrides are always reported, isolates only without right-to-left text") {
  CHECK(inspect(points({'a', 0x202E, 'b', 0x202C})) ==
        UnicodeReports{
            "hidden-bidi-controls @/a: holds 2 characters that change the direction of writing"});
  CHECK(inspect(points({0x05D0, 0x2066, 'a', 0x2069})).empty());
  CHECK(inspect(points({0x05D0, 0x202E, 'a'})) ==
        UnicodeReports{
            "hidden-bidi-controls @/a: holds 1 character that changes the direction of writing"});
  CHECK(inspect(points({'a', 0x2066, 'b', 0x2069})).size() == 1);
}

TEST_CASE("hidden unicode: zero width inside of words is high, a stray one is low") {
  std::vector<Manifest> manifests;
  manifests.push_back(manifest_of("{\"a\":\"" + points({'i', 'g', 0x200B, 'n', 'o'}) +
                                  "\",\"b\":\"" + points({'a', ' ', 0x200B, ' ', 'b'}) +
                                  "\",\"c\":\"" + points({'s', 'o', 0xAD, 'f', 't'}) + "\"}"));
  const auto hits = hits_of_check("hidden-unicode", manifests);
  REQUIRE(hits.size() == 3);
  CHECK(hits[0].message == "holds 1 character without a width, 1 of them inside of words");
  CHECK_FALSE(hits[0].severity.has_value());
  CHECK(hits[1].severity == Severity::kLow);
  CHECK(hits[2].severity == Severity::kLow);
}

TEST_CASE("hidden unicode: joiners of emoji and of scripts that need them are fine") {
  CHECK(inspect(points({0x1F468, 0x200D, 0x1F469, 0x200D, 0x1F467})).empty());
  CHECK(inspect(points({0x1F3F3, 0xFE0F, 0x200D, 0x1F308})).empty());
  CHECK(inspect(points({0x0645, 0x06CC, 0x200C, 0x062E})).empty());  // Persian
  CHECK(inspect(points({0x0915, 0x094D, 0x200D, 0x0937})).empty());  // Devanagari
  CHECK(inspect(points({0x0E01, 0x200B, 0x0E02})).empty());          // Thai
  CHECK(inspect(points({0xFEFF, 'a'})).empty());                     // a byte order mark
  CHECK(inspect(points({0xA0, 'a', 0x2009, 'b', 0x202F, 'c'})).empty());
}

TEST_CASE("hidden unicode: escapes are looked at like the characters themselves") {
  CHECK(inspect("ab\\u200bcd").size() == 1);
  CHECK(inspect("\\udb40\\udc61\\udb40\\udc62") ==
        UnicodeReports{
            "hidden-tag-characters @/a: holds 2 invisible tag characters that spell `ab`"});
}

TEST_CASE("hidden unicode: keys are looked at, private use is only noted") {
  CHECK(run_check("hidden-unicode", "{\"" + points({'a', 0x200B, 'b'}) + "\":1}").size() == 1);
  CHECK(
      inspect(points({0xE0A0, 'x', 0xF8FF})) ==
      UnicodeReports{"hidden-private-use @/a: holds 2 characters without a meaning of their own"});
}

TEST_CASE("mixed script: a look-alike letter in a Latin name") {
  CHECK(run_check("mixed-script", "{\"mcpServers\":{\"" +
                                      points({'g', 0x0456, 't', 'h', 'u', 'b'}) +
                                      "\":{\"command\":\"x\"}}}") ==
        UnicodeReports{"name-of-mixed-scripts @/mcpServers/" +
                       points({'g', 0x0456, 't', 'h', 'u', 'b'}) +
                       ": a name looks like `github` and is written with other letters"});
}

TEST_CASE("mixed script: names in one script, and in two words, are fine") {
  for (const std::string& name :
       {points({0x0438, 0x043C, 0x044F}), points({'g', 'r', 0xF6, 0xDF, 'e'}),
        points({'a', 'p', 'i', '_', 0x0434, 0x0430, 0x0442, 0x0430}), points({0x5929, 0x6C14}),
        points({0x03BC, 's'})}) {
    CAPTURE(name);
    CHECK(run_check("mixed-script", "{\"mcpServers\":{\"" + name + "\":{\"command\":\"x\"}}}")
              .empty());
  }
}

}  // namespace merlon::test
