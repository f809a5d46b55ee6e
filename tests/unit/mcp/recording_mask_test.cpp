#include "mcp/recording_mask.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

/// Every `SECRETx`, x a digit, is one.
std::optional<std::string> mask_numbered(std::string_view /*key*/, std::string_view text,
                                         const SecretMark& mark) {
  std::string out;
  bool any = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("SECRET") && at + 7 <= text.size()) {
      out += mark(text.substr(at, 7));
      at += 7;
      any = true;
    } else {
      out += text[at++];
    }
  }
  return any ? std::optional<std::string>(out) : std::nullopt;
}

RecordingMask numbered_mask(const std::string& key = "key") {
  return {mask_numbered, key};
}

struct MaskedJson {
  std::optional<std::string> json;
  std::vector<std::string> places;
};

MaskedJson mask_json(std::string_view json) {
  MaskedJson out;
  out.json = numbered_mask().apply_to_json(json, "/message", out.places);
  return out;
}

}  // namespace

TEST_CASE("recording mask: equal secrets have equal marks, under one key only") {
  const std::string mark = numbered_mask().mark("SECRET1");
  CHECK(mark.size() == std::string("[masked:0123456789abcdef]").size());
  CHECK(mark == numbered_mask().mark("SECRET1"));
  CHECK(mark != numbered_mask().mark("SECRET2"));
  CHECK(mark != numbered_mask("another").mark("SECRET1"));
}

TEST_CASE("recording mask: only the strings that hold a secret change a byte") {
  const std::string mark = numbered_mask().mark("SECRET1");
  const MaskedJson masked = mask_json(
      "{ \"a\" : [1.50, \"x SECRET1\\n\"],\"b\":{\"c\":\"\\u0061\", \"d\": \"SECRET1\"} }");
  CHECK(masked.json == "{ \"a\" : [1.50, \"x " + mark +
                           "\\n\"],\"b\":{\"c\":\"\\u0061\", \"d\": \"" + mark + "\"} }");
  CHECK(masked.places == std::vector<std::string>{"/message/a/1", "/message/b/d"});
}

TEST_CASE("recording mask: a secret behind escapes is found") {
  const MaskedJson masked = mask_json(R"({"a":"\u0053ECRET1"})");
  CHECK(masked.json == "{\"a\":\"" + numbered_mask().mark("SECRET1") + "\"}");
}

TEST_CASE("recording mask: no pointer shows a masked key") {
  const std::string mark = numbered_mask().mark("SECRET7");
  const MaskedJson masked = mask_json(R"({"SECRET7":{"a":"SECRET1"}})");
  CHECK(masked.json == "{\"" + mark + "\":{\"a\":\"" + numbered_mask().mark("SECRET1") + "\"}}");
  CHECK(masked.places == std::vector<std::string>{"/message", "/message/" + mark + "/a"});
}

TEST_CASE("recording mask: nothing to mask is nothing to copy") {
  CHECK(mask_json(R"({"a":["b",1,true,null]})").json == std::nullopt);
}

TEST_CASE("recording mask: what is no JSON is masked as a whole") {
  const MaskedJson masked = mask_json("not { json");
  CHECK(masked.json == "\"" + numbered_mask().mark("not { json") + "\"");
  CHECK(masked.places == std::vector<std::string>{"/message"});
}

}  // namespace merlon
