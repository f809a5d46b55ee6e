#include "wrap/settings_edit.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

const std::vector<ListAddition> kAdditions{{.key = "Pre", .entry = R"({"command": "m hook"})"}};

std::string added(const std::string& text) {
  const auto out = add_hook_entries("settings.json", text, kAdditions, "m hook", "1");
  REQUIRE_MESSAGE(out.has_value(), (out ? "" : out.error().message));
  return *out;
}

}  // namespace

TEST_CASE("settings edit: a new file, a file without hooks, and one with hooks of its own") {
  CHECK(added("") ==
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"Pre\": [\n      {\"command\": \"m hook\"}\n"
        "    ]\n  }\n}\n");
  CHECK(
      added("{\n  // mine\n  \"a\": 1\n}\n") ==
      "{\n  // mine\n  \"a\": 1,\n  \"hooks\": {\n    \"Pre\": [\n      {\"command\": \"m hook\"}\n"
      "    ]\n  }\n}\n");
  CHECK(added(R"({"hooks": {"Pre": [{"command": "x"}], "Other": []}})") ==
        R"({"hooks": {"Pre": [{"command": "x"}, {"command": "m hook"}], "Other": []}})");
  CHECK(added(R"({"hooks": {"Pre": []}})") == R"({"hooks": {"Pre": [{"command": "m hook"}]}})");
}

TEST_CASE("settings edit: what is there already is left alone") {
  const std::string text = added("");
  CHECK(added(text) == text);
}

TEST_CASE("settings edit: hooks that are no lists, or stand twice, are refused") {
  for (const std::string text : {R"({"hooks": 1})", R"({"hooks": {"Pre": {}}})", "[]",
                                 R"({"hooks": {}, "hooks": {}})", R"({"hooks": )"}) {
    CAPTURE(text);
    CHECK_FALSE(add_hook_entries("s", text, kAdditions, "m hook", "").has_value());
  }
}

}  // namespace merlon
