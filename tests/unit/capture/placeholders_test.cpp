#include "capture/placeholders.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

PlaceholderFiller filler_of(PlaceholderStyle style = PlaceholderStyle::kBraces) {
  const std::map<std::string, std::string, std::less<>> variables{
      {"HOME", "/home/ann"}, {"EMPTY", ""}, {"TOKEN", "t${HOME}"}};
  return PlaceholderFiller(
      {.lookup = [variables](std::string_view name) -> std::optional<std::string> {
         const auto found = variables.find(name);
         return found == variables.end() ? std::nullopt : std::optional(found->second);
       },
       .given = {{"key", "k1"}},
       .workspace = "/w/project",
       .folder = "/etc/client",
       .style = style});
}

std::string filled(std::string_view text, PlaceholderStyle style = PlaceholderStyle::kBraces) {
  PlaceholderFiller filler = filler_of(style);
  std::string out = filler.fill(text);
  if (const auto error = filler.error()) {
    return out + " | " + error->message + " | " + (error->hints.empty() ? "" : error->hints[0]);
  }
  return out;
}

}  // namespace

TEST_CASE("placeholders: variables, with defaults, in both spellings") {
  CHECK(filled("${HOME}/bin") == "/home/ann/bin");
  CHECK(filled("${env:HOME}:${GONE:-/data}:${env:EMPTY:-x}") == "/home/ann:/data:x");
  CHECK(filled("[${EMPTY}]") == "[]");
}

TEST_CASE("placeholders: what a person is asked for is given, in the spelling of each client") {
  CHECK(filled("${input:key} ${user_config.key} ${{ secrets.key }} ${{inputs.key}}") ==
        "k1 k1 k1 k1");
}

TEST_CASE("placeholders: places") {
  CHECK(filled("${workspaceFolder} ${workspaceRoot} ${cwd} ${workspaceFolderBasename}") ==
        "/w/project /w/project /w/project project");
  CHECK(filled("${userHome}${/}x${pathSeparator}y ${__dirname}") == "/home/ann/x/y /etc/client");
}

TEST_CASE("placeholders: a value is not looked at again") {
  CHECK(filled("${TOKEN}") == "t${HOME}");
}

TEST_CASE("placeholders: other styles count only for the clients that have them") {
  CHECK(filled("$HOME %HOME% {env:HOME}") == "$HOME %HOME% {env:HOME}");
  CHECK(filled("$HOME/%HOME%/${HOME} 5% $ $1 %a", PlaceholderStyle::kShell) ==
        "/home/ann//home/ann//home/ann 5% $ $1 %a");
  CHECK(filled("{env:HOME} $HOME {x}", PlaceholderStyle::kOpenCode) == "/home/ann $HOME {x}");
  CHECK(placeholder_style("gemini-settings") == PlaceholderStyle::kShell);
  CHECK(placeholder_style("opencode-config") == PlaceholderStyle::kOpenCode);
  CHECK(placeholder_style("cursor-mcp") == PlaceholderStyle::kBraces);
}

TEST_CASE("placeholders: what nobody knows stays, and is an error with a hint") {
  CHECK(filled("a ${GONE}") ==
        "a ${GONE} | nobody here knows what to put for `${GONE}` | set the variable `GONE` for "
        "merlon");
  CHECK(filled("${input:other}") ==
        "${input:other} | nobody here knows what to put for `${input:other}` | the client asks a "
        "person for it: give `--input other=VALUE`");
  for (const char* text :
       {"${command:pick}", "${}", "${a b}", "${{ github.token }}", "${X:-${Y}"}) {
    CAPTURE(text);
    CHECK(filled(text).find("nobody here knows") != std::string::npos);
  }
  CHECK(filled("{file:./key}", PlaceholderStyle::kOpenCode).find("nobody here knows") !=
        std::string::npos);
}

TEST_CASE("placeholders: what never ends is text") {
  CHECK(filled("${HOME") == "${HOME");
  CHECK(filled("${{ secrets.key }") == "${{ secrets.key }");
  CHECK(filled("") == "");
}

TEST_CASE("placeholders: notes hold what was used and what was put in") {
  PlaceholderFiller filler = filler_of();
  (void)filler.fill("${HOME} ${GONE:-x} ${input:key}");
  CHECK(filler.variables() == std::vector<std::string>{"HOME", "GONE"});
  REQUIRE(filler.filled_in().size() == 2);
  CHECK(filler.filled_in()[0].name == "HOME");
  CHECK(filler.filled_in()[1].name == "key");
  CHECK(filler.filled_in()[1].value == "k1");
}

}  // namespace merlon
