#include "wrap/wrap_plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "manifest/format.h"
#include "wrap/launch_site.h"

namespace merlon {
namespace {

Manifest read_config(const std::string& text, const std::string& format = "") {
  LoadedFile loaded =
      load_manifests(SourceText::copy_of("config", text), {.format = format, .mask_excerpt = {}});
  REQUIRE(loaded.manifests.size() == 1);
  return std::move(loaded.manifests.front());
}

WrapRequest plain_request() {
  return {.program = "/opt/merlon",
          .group = "g",
          .policy = "",
          .only = {},
          .is_file = {},
          .is_secret = {},
          .secret_path = {}};
}

std::string wrapped(const std::string& text) {
  const auto plan = plan_wrap(read_config(text), plain_request());
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  return plan->text;
}

std::string unwrapped(const std::string& text) {
  const auto plan = plan_unwrap(read_config(text), {});
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  return plan->text;
}

std::string why_refused(const std::string& text) {
  const auto plan = plan_wrap(read_config(text), plain_request());
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  CHECK(plan->text == text);
  const auto refused = std::ranges::find(plan->servers, WrapState::kRefused, &ServerPlan::state);
  return refused == plan->servers.end() ? "" : refused->why;
}

std::vector<std::string> launch_words(const std::string& text) {
  std::vector<std::string> words;
  for (const Server& server : read_config(text).servers) {
    for (const LaunchWord& word : server.launch) {
      words.push_back(word.text);
    }
    words.emplace_back(";");
  }
  return words;
}

/// Every example of every format of a client.
std::vector<std::filesystem::path> example_configs() {
  std::vector<std::filesystem::path> out;
  for (const ManifestFormat& format : manifest_formats()) {
    if (!is_client_format(format.name)) {
      continue;
    }
    const auto folder =
        std::filesystem::path(MERLON_SOURCE_DIR) / "testdata/manifests" / format.name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string stem = entry.path().stem().string();
      const std::string ending = entry.path().extension().string();
      if ((stem == "real" || stem == "special") && ending != ".expect") {
        out.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(out);
  return out;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("wrap: every example of every client's format, wrapped and taken back, starts the same") {
  std::size_t servers = 0;
  for (const auto& path : example_configs()) {
    CAPTURE(path.string());
    const std::string before = bytes_of(path);
    const Manifest manifest = read_config(before);
    const auto plan = plan_wrap(manifest, plain_request());
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
    for (std::size_t i = 0; i < plan->servers.size(); ++i) {
      CAPTURE(plan->servers[i].name);
      const bool starts = !manifest.servers[i].launch.empty() &&
                          !manifest.document.find(manifest.servers[i].node, "envFile");
      CHECK((plan->servers[i].state == WrapState::kWrapped) == starts);
      servers += starts ? 1U : 0U;
    }
    CHECK((plan->text != before) == plan->has(WrapState::kWrapped));
    CHECK(wrapped(plan->text) == plan->text);
    CHECK(launch_words(unwrapped(plan->text)) == launch_words(before));
  }
  CHECK(servers > 20);
}

TEST_CASE("wrap: JSON keeps comments, order and lines") {
  const std::string before = R"({
  // mine
  "mcpServers": {
    "files": {
      "command": "npx", // a launcher
      "args": [
        "-y", // yes
        "files@1.0.0",
      ],
    },
    "bare": {"command": "bare-mcp"},
    "empty": {"command": "e", "args": []}
  }
})";
  const std::string after = R"({
  // mine
  "mcpServers": {
    "files": {
      "command": "/opt/merlon", // a launcher
      "args": [
        "proxy",
        "--group",
        "g",
        "--name",
        "files",
        "--",
        "npx",
        "-y", // yes
        "files@1.0.0",
      ],
    },
    "bare": {"command": "/opt/merlon", "args": ["proxy", "--group", "g", "--name", "bare", "--", "bare-mcp"]},
    "empty": {"command": "/opt/merlon", "args": ["proxy", "--group", "g", "--name", "empty", "--", "e"]}
  }
})";
  CHECK(wrapped(before) == after);
  CHECK(launch_words(unwrapped(after)) == launch_words(before));
}

TEST_CASE("wrap: a command on a line of its own gets its arguments on the next") {
  CHECK(wrapped("{\r\n  \"mcpServers\": {\r\n    \"a\": {\r\n      \"command\": \"x\",\r\n"
                "      \"env\": {}\r\n    }\r\n  }\r\n}") ==
        "{\r\n  \"mcpServers\": {\r\n    \"a\": {\r\n      \"command\": \"/opt/merlon\",\r\n"
        "      \"args\": [\"proxy\", \"--group\", \"g\", \"--name\", \"a\", \"--\", \"x\"],\r\n"
        "      \"env\": {}\r\n    }\r\n  }\r\n}");
}

TEST_CASE("wrap: TOML tables, dotted keys and inline tables") {
  CHECK(
      wrapped("[mcp_servers.a]\ncommand = 'x' # c\nenv = { K = \"v\" }\n") ==
      "[mcp_servers.a]\ncommand = \"/opt/merlon\" # c\n"
      "args = [\"proxy\", \"--group\", \"g\", \"--name\", \"a\", \"--env\", \"K\", \"--\", \"x\"]\n"
      "env = { K = \"v\" }\n");
  CHECK(wrapped("[mcp_servers]\na.command = \"x\"\na.args = [\n  \"1\",\n]\n") ==
        "[mcp_servers]\na.command = \"/opt/merlon\"\na.args = [\n  \"proxy\",\n  \"--group\",\n"
        "  \"g\",\n  \"--name\",\n  \"a\",\n  \"--\",\n  \"x\",\n  \"1\",\n]\n");
  CHECK(wrapped("mcp_servers = { a = { command = \"x\" } }\n") ==
        "mcp_servers = { a = { command = \"/opt/merlon\", args = [\"proxy\", \"--group\", \"g\", "
        "\"--name\", \"a\", \"--\", \"x\"] } }\n");
}

TEST_CASE("wrap: YAML blocks and flows") {
  const std::string before =
      "mcpServers:\n  - name: a\n    command: npx # c\n    args:\n      - -y\n      - s\n"
      "  - command: b\n    name: b\n";
  const std::string after =
      "mcpServers:\n  - name: a\n    command: \"/opt/merlon\" # c\n    args:\n"
      "      - \"proxy\"\n      - \"--group\"\n      - \"g\"\n      - \"--name\"\n      - \"a\"\n"
      "      - \"--\"\n      - \"npx\"\n      - -y\n      - s\n"
      "  - command: \"/opt/merlon\"\n    args: [\"proxy\", \"--group\", \"g\", \"--name\", \"b\", "
      "\"--\", \"b\"]\n    name: b\n";
  CHECK(wrapped(before) == after);
  CHECK(unwrapped(after) ==
        "mcpServers:\n  - name: a\n    command: \"npx\" # c\n    args:\n      - -y\n      - s\n"
        "  - command: \"b\"\n    args: []\n    name: b\n");
}

TEST_CASE("wrap: what cannot be edited without a doubt is refused and left as it is") {
  CHECK(why_refused(R"({"mcpServers":{"a":{"command":"x","command":"y"}}})") ==
        "one of its keys stands twice");
  CHECK(why_refused(R"({"mcpServers":{"a":{"command":"x"},"a":{"command":"y"}}})") ==
        "one of the keys that lead to it stands twice");
  CHECK(why_refused(R"({"mcpServers":{"a":{"command":"x","args":["a",["b"]]}}})") ==
        "one of its arguments is no text");
  CHECK(why_refused(R"({"mcpServers":{"a":{"command":"x","args":"-y s"}}})") ==
        "its arguments are no list");
  CHECK(why_refused("mcpServers:\n  - &a\n    name: n\n    command: x\n  - *a\n") ==
        "it is written once for several servers");
  CHECK(why_refused("x: &x [a]\nmcpServers:\n  - name: n\n    command: x\n    args: *x\n") ==
        "its launch is written elsewhere in the file");
  CHECK(why_refused("mcpServers:\n  - name: n\n    command: |\n      x\n") ==
        "its command is empty or a block of text");
}

TEST_CASE("wrap: an anchor that others use cannot be edited without changing what they say") {
  const auto plan = plan_wrap(
      read_config("mcpServers:\n  - name: n\n    command: x\n    args: &x [a]\nother: *x\n"),
      plain_request());
  const bool edited = plan && plan->has(WrapState::kWrapped);
  CHECK_FALSE(edited);
}

TEST_CASE("wrap: names that look like options or hold quotes and line feeds stay names") {
  for (const std::string name : {"--policy", "++", "a\\\"b", "x\\ny", "\\u202e", "--"}) {
    CAPTURE(name);
    const std::string before = R"({"mcpServers":{")" + name + R"(":{"command":"x","args":["1"]}}})";
    const std::string after = wrapped(before);
    CHECK(look_at_servers(read_config(after)).front().state == WrapState::kAlready);
    CHECK(unwrapped(after) == before);
  }
}

TEST_CASE("wrap: a server that has a URL is said to be remote, and one that was not chosen stays") {
  WrapRequest request = plain_request();
  request.only = {"b"};
  const auto plan = plan_wrap(
      read_config(
          R"({"mcpServers":{"a":{"command":"x"},"b":{"command":"y"},"c":{"url":"https://c"}}})"),
      request);
  REQUIRE(plan.has_value());
  CHECK(plan->servers[0].state == WrapState::kDirect);
  CHECK(plan->servers[1].state == WrapState::kWrapped);
  CHECK(plan->servers[2].state == WrapState::kRemote);
  request.only = {"d"};
  const auto missing = plan_wrap(read_config(R"({"mcpServers":{"a":{"command":"x"}}})"), request);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::kNotFound);
}

TEST_CASE("wrap: a command with blanks is taken apart unless it is a file") {
  const std::string before = R"({"mcpServers":{"a":{"command":"npx -y s"}}})";
  CHECK(
      wrapped(before) ==
      R"({"mcpServers":{"a":{"command":"/opt/merlon", "args": ["proxy", "--group", "g", "--name", "a", "--", "npx", "-y", "s"]}}})");
  WrapRequest request = plain_request();
  request.is_file = [](const std::string& path) { return path == "npx -y s"; };
  const auto plan = plan_wrap(read_config(before), request);
  REQUIRE(plan.has_value());
  CHECK(unwrapped(plan->text) == R"({"mcpServers":{"a":{"command":"npx -y s", "args": []}}})");
}

TEST_CASE("wrap: secrets leave the environment for files, and come back") {
  WrapRequest request = plain_request();
  request.is_secret = [](std::string_view name, std::string_view) { return name == "KEY"; };
  request.secret_path = [](const std::string&, const std::string& name) { return "/s/" + name; };
  const std::string before =
      R"({"mcpServers":{"a":{"command":"x","args":["1"],"env":{"KEY":"s3cret","HOST":"h"}}}})";
  const auto plan = plan_wrap(read_config(before), request);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  CHECK(
      plan->text ==
      R"({"mcpServers":{"a":{"command":"/opt/merlon","args":["proxy", "--group", "g", "--name", "a", "--env", "HOST", "--secret", "KEY=file:/s/KEY", "--", "x", "1"],"env":{"KEY":"","HOST":"h"}}}})");
  REQUIRE(plan->secrets.size() == 1);
  CHECK(plan->secrets.front().path == "/s/KEY");
  CHECK(plan->secrets.front().value == "s3cret");
  const auto back = plan_unwrap(
      read_config(plan->text),
      {.only = {}, .read_secret = [](const std::string& path) -> std::optional<std::string> {
         return path == "/s/KEY" ? std::optional<std::string>("s3cret") : std::nullopt;
       }});
  REQUIRE(back.has_value());
  CHECK(back->text == before);
}

TEST_CASE("wrap: variables that stand in a file of their own cannot be handed on") {
  CHECK(why_refused(R"({"mcpServers":{"a":{"command":"x","envFile":".env"}}})") ==
        "its variables stand in a file, and the proxy hands on named ones only");
}

TEST_CASE("wrap: what somebody publishes is no configuration of a client") {
  const auto plan = plan_wrap(read_config(bytes_of(std::string(MERLON_SOURCE_DIR) +
                                                   "/testdata/manifests/mcpb-manifest/real.json")),
                              plain_request());
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().code == ErrorCode::kFormat);
}

}  // namespace merlon
