#include "scan/secret_places.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

std::string shown(const Location& where) {
  return where.excerpt.before + "[" + where.excerpt.marked + "]" + where.excerpt.after;
}

TEST_CASE("secret places: bytes of a secret go from before, marked and after alike") {
  const auto source = SourceText::copy_of("f", "key=ghp_0123456789abcdefghij; url=http://x");
  SecretPlaces places;
  places.add(4, 28);
  places.finish();

  Location in_after = source->locate(0, 3);
  places.mask(*source, in_after);
  CHECK(shown(in_after) == "[key]=ghp_…(24); url=http://x");

  Location marked = source->locate(4, 24);
  places.mask(*source, marked);
  CHECK(shown(marked) == "key=[ghp_…(24)]; url=http://x");

  Location in_before = source->locate(30, 3);
  places.mask(*source, in_before);
  CHECK(shown(in_before) == "key=ghp_…(24); [url]=http://x");
}

TEST_CASE("secret places: a place inside a secret shows nothing of the rest") {
  const auto source = SourceText::copy_of("f", "a=0123456789abcdefghijklmnop z");
  SecretPlaces places;
  places.add(2, 28);
  places.finish();
  Location where = source->locate(10, 4);
  places.mask(*source, where);
  CHECK(shown(where) == "a=0123…(26)[0123…(26)]0123…(26) z");
}

TEST_CASE("secret places: a window that is cut inside a secret shows no piece of it") {
  const std::string secret(300, 'x');
  const auto source = SourceText::copy_of("f", "k=" + secret + "=end");
  SecretPlaces places;
  places.add(2, 302);
  places.finish();
  Location where = source->locate(303, 3);
  places.mask(*source, where);
  CHECK(shown(where) == "xxxx…(300)=[end]");
}

TEST_CASE("secret places: a place on a line end after CR is not shifted") {
  const auto source = SourceText::copy_of("f", "password=hunter2hunter2\r\nnext");
  SecretPlaces places;
  places.add(9, 23);
  places.finish();
  Location where = source->locate(24, 1);
  places.mask(*source, where);
  CHECK(shown(where) == "password=…(14)[]");
}

TEST_CASE("secret places: overlapping secrets become one") {
  const auto source = SourceText::copy_of("f", "aabbbbcc");
  SecretPlaces places;
  places.add(2, 5);
  places.add(4, 6);
  places.add(3, 3);
  places.finish();
  Location where = source->locate(0, 1);
  places.mask(*source, where);
  CHECK(shown(where) == "[a]a…(4)cc");
}

TEST_CASE("secret texts: a secret goes from any text, whole or in pieces of twelve bytes") {
  SecretTexts texts;
  texts.add("ghp_0123456789abcdefghij");
  texts.finish();
  CHECK(texts.mask("use ghp_0123456789abcdefghij now") == "use ghp_…(24) now");
  CHECK(texts.mask("tail 56789abcdefghij.") == "tail …(15).");
  CHECK(texts.mask("too short: ghp_0123456") == "too short: ghp_0123456");
}

TEST_CASE("secret texts: short secrets count as a whole, very short ones are not looked for") {
  SecretTexts texts;
  texts.add("hunter22");
  texts.add("abc");
  texts.finish();
  CHECK(texts.mask("hunter22 hunter abc") == "…(8) hunter abc");
  CHECK(SecretTexts().mask("as it is") == "as it is");
}

}  // namespace
}  // namespace merlon
