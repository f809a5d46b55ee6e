#include "scan/scan_config.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

const std::vector<std::string_view> kRules{"plain-http", "plain-text", "raw-ip"};

Checked<ScanConfig> parse(std::string text) {
  return parse_scan_config(SourceText::copy_of("merlon.toml", std::move(text)), kRules, Limits{});
}

std::string errors_of(std::string text) {
  const auto config = parse(std::move(text));
  std::string out;
  if (!config) {
    for (const Error& error : config.error()) {
      out += render(error);
    }
  }
  return out;
}

TEST_CASE("scan config: every key is read") {
  const auto config = parse(R"(format = 1
[scan]
fail_on = "medium"
min_severity = "low"
score_threshold = 70
exclude = ["fixtures", "*.bak"]
[limits]
file-bytes = 1_000
[[rule]]
id = "plain-http"
disable = true
files = ["dev/*"]
reason = "local only"
[[rule]]
id = "plain-*"
severity = "low"
tier = "soft"
reason = "noise"
)");
  REQUIRE(config);
  CHECK(config->fail_on == Severity::kMedium);
  CHECK(config->min_severity == Severity::kLow);
  CHECK(config->score_threshold == 70);
  CHECK(config->exclude == std::vector<std::string>{"fixtures", "*.bak"});
  REQUIRE(config->overrides.size() == 2);
  CHECK(config->overrides[0].rule == "plain-http");
  CHECK(config->overrides[0].disable);
  CHECK(config->overrides[0].files == std::vector<std::string>{"dev/*"});
  CHECK(config->overrides[0].reason == "local only");
  CHECK(config->overrides[1].severity == Severity::kLow);
  CHECK(config->overrides[1].tier == Tier::kSoft);

  ScanSettings settings;
  apply_config(*config, settings);
  CHECK(settings.score_threshold == 70);
  CHECK(settings.limits.file_bytes == 1000);
  CHECK(settings.overrides.size() == 2);
}

TEST_CASE("scan config: all problems are reported at once, each with its place") {
  CHECK(errors_of(R"(format = 1
[scan]
fail-on = "high"
min_severity = "hgh"
[limits]
file-byte = 3
json-depth = 0
[[rule]]
id = "plain-htp"
disable = true
)") ==
        R"(merlon.toml:3:1: error[bad-config]: unknown key `fail-on` in `[scan]`
  fail-on = "high"
  ^~~~~~~
merlon: hint: did you mean `fail_on`?
merlon.toml:4:17: error[bad-config]: `min_severity` must be info, low, medium, high or critical
  min_severity = "hgh"
                  ^~~
merlon.toml:6:1: error[bad-config]: unknown limit `file-byte`
  file-byte = 3
  ^~~~~~~~~
merlon: hint: did you mean `file-bytes`?
merlon.toml:7:14: error[bad-config]: `json-depth` must be a whole number in its range
  json-depth = 0
               ^
merlon.toml:8:1: error[bad-config]: a change of a rule needs a `reason`
  [[rule]]
  ^~~~~~~~
merlon.toml:9:7: error[bad-config]: there is no rule `plain-htp`
  id = "plain-htp"
        ^~~~~~~~~
merlon: hint: did you mean `plain-http`?
)");
}

TEST_CASE(
    "scan config: a file without a format, of another format, or that changes nothing is refused") {
  CHECK(errors_of("") ==
        "merlon.toml:1:1: error[bad-config]: `format` is missing\n"
        "merlon: hint: begin the file with `format = 1`\n");
  CHECK(errors_of("format = 2\n") ==
        "merlon.toml:1:10: error[bad-config]: `format` must be 1, the only version that this "
        "merlon knows\n  format = 2\n           ^\n");
  CHECK(errors_of("format = 1\n[[rule]]\nid = \"raw-ip\"\nreason = \"x\"\n") ==
        "merlon.toml:2:1: error[bad-config]: this entry changes nothing: give `disable`, "
        "`severity` or `tier`\n  [[rule]]\n  ^~~~~~~~\n");
}

TEST_CASE("scan config: TOML that does not parse is one error with its place") {
  const auto config = parse("format = \n");
  REQUIRE_FALSE(config);
  REQUIRE(config.error().size() == 1);
  CHECK(config.error()[0].code == ErrorCode::kSyntax);
  CHECK(config.error()[0].where.line == 1);
}

}  // namespace
}  // namespace merlon
