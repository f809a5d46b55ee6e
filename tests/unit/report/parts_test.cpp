/// The parts that writers are made of: taxonomies, URIs, source lines, masks, messages of SARIF.
#include <doctest/doctest.h>

#include "base/source_text.h"
#include "report/sarif_rules.h"
#include "report/secret_mask.h"
#include "report/source_line.h"
#include "report/source_uri.h"
#include "report/taxonomy.h"
#include "support/sample_report.h"

namespace merlon {
namespace {

TEST_CASE("taxonomy: every published form of a tag leads to its list, title and page") {
  struct Case {
    std::string_view tag, taxonomy, id, title, url;
  };
  for (const Case& expected : {
           Case{"OWASP-MCP03:2025", "OWASP-MCP", "MCP03:2025", "Tool Poisoning",
                "https://owasp.org/www-project-mcp-top-10/"},
           Case{"MCP10:2025", "OWASP-MCP", "MCP10:2025", "Context Injection & Over-Sharing",
                "https://owasp.org/www-project-mcp-top-10/"},
           Case{"LLM03:2025", "OWASP-LLM-2025", "LLM03:2025", "Supply Chain",
                "https://genai.owasp.org/llm-top-10/"},
           Case{"LLM03:2026", "OWASP-LLM-2026", "LLM03:2026", "Excessive Agency",
                "https://genai.owasp.org/llm-top-10/"},
           Case{"ASI01:2026", "OWASP-ASI", "ASI01:2026", "Agent Goal Hijack",
                "https://genai.owasp.org/"},
           Case{"CWE-1427", "CWE", "CWE-1427", "",
                "https://cwe.mitre.org/data/definitions/1427.html"},
           Case{"AML.T0051.001", "ATLAS", "AML.T0051.001", "",
                "https://atlas.mitre.org/techniques/AML.T0051.001"},
           Case{"SAFE-T1001", "SAFE-MCP", "SAFE-T1001", "",
                "https://github.com/safe-agentic-framework/safe-mcp"},
       }) {
    CAPTURE(expected.tag);
    const auto taxon = parse_taxon(expected.tag);
    REQUIRE(taxon);
    CHECK(taxonomies()[taxon->taxonomy].name == expected.taxonomy);
    CHECK(taxon->id == expected.id);
    CHECK(taxon->title == expected.title);
    CHECK(taxon->url == expected.url);
  }
}

TEST_CASE("taxonomy: other words are none") {
  for (const std::string_view tag :
       {"", "CWE-", "CWE-x", "LLM01", "LLM01:2024", "LLM1:2026", "AML.", "AML.T", "AML.T1.x",
        "AML.T1.2.3", "SAFE-1", "MCP03:2025 ", "OWASP-", "ASI01:2025"}) {
    CAPTURE(tag);
    CHECK(!parse_taxon(tag));
  }
}

TEST_CASE("source URI: every file name is a URI reference that leads back to it") {
  struct Case {
    std::string_view file, uri;
    bool relative;
  };
  for (const Case& expected : {
           Case{"a/b.json", "a/b.json", true},
           Case{"./a", "a", true},
           Case{"././a", "a", true},
           Case{"../a", "../a", true},
           Case{"a b#c?d%e", "a%20b%23c%3Fd%25e", true},
           Case{"javascript:alert(1)", "javascript%3Aalert(1)", true},
           Case{".//host/x", "host/x", true},
           Case{"x.mcpb!manifest.json", "x.mcpb!manifest.json", true},
           Case{"\xC3\xA9\xFF\n", "%C3%A9%FF%0A", true},
           Case{"/etc/a b", "file:///etc/a%20b", false},
           Case{"-", "stdin", true},
       }) {
    CAPTURE(expected.file);
    CHECK(make_source_uri(expected.file).text == expected.uri);
    CHECK(make_source_uri(expected.file).relative == expected.relative);
  }
}

TEST_CASE("source line: the mark stands below wide, combining and escaped characters") {
  const auto marked = [](const std::string& before, const std::string& mark) {
    const SourceLine line = make_source_line({.before = before, .marked = mark, .after = ";"});
    return line.line() + "\n" + line.underline();
  };
  CHECK(marked("ab", "cd") == "abcd;\n  ^^");
  CHECK(marked("  \tab", "cd") == "abcd;\n  ^^");
  CHECK(marked("漢字", "cd") == "漢字cd;\n    ^^");
  CHECK(marked("a", "漢") == "a漢;\n ^^");
  CHECK(marked("e\xCC\x81", "x") == "e\xCC\x81x;\n ^");
  CHECK(marked("a\tb", "\x1b") == "a\\tb\\e;\n    ^^");
  CHECK(marked("a", "") == "a;\n ^");
  CHECK(display_width("😀a") == 3);
}

TEST_CASE("source line: what was cut off is said") {
  const SourceLine line = make_source_line(
      {.before = " a", .marked = "b", .after = "c", .cut_left = true, .cut_right = true});
  CHECK(line.line() == "… abc…");
  CHECK(line.underline() == "   ^");
  CHECK(make_source_line({}).empty());
}

Finding secret_at(const SourceText& source, std::uint64_t offset, std::uint64_t length) {
  Finding finding;
  finding.secret = true;
  finding.where = source.locate(offset, length);
  return finding;
}

TEST_CASE("secret mask: overlapping and touching secrets of a line leave no byte in an excerpt") {
  const auto source = SourceText::copy_of("f", "ab SECRET1SECRET2 cd");
  ScanReport report;
  report.findings = {secret_at(*source, 3, 7), secret_at(*source, 8, 9)};
  const SecretMask mask(report);
  const Excerpt other = mask.excerpt(source->locate(18, 2), false);
  CHECK(other.before == "ab [secret] ");
  CHECK(other.marked == "cd");
  const Excerpt own = mask.excerpt(report.findings[0].where, true);
  CHECK(own.before == "ab ");
  CHECK(own.marked == "[secret]");
  CHECK(own.after == "[secret] cd");
}

TEST_CASE("secret mask: the same offsets in another file are not touched") {
  const auto source = SourceText::copy_of("f", "ab SECRET12 cd");
  const auto other = SourceText::copy_of("g", "ab harmless cd");
  ScanReport report;
  report.findings = {secret_at(*source, 3, 8)};
  const SecretMask mask(report);
  CHECK(mask.excerpt(other->locate(0, 2), false).after == " harmless cd");
}

TEST_CASE("secret mask: of secrets that begin alike the longest is taken") {
  const auto source = SourceText::copy_of("f", "12345678 1234567890 1234567890abc");
  ScanReport report;
  report.findings = {secret_at(*source, 0, 8), secret_at(*source, 9, 10),
                     secret_at(*source, 20, 13)};
  const SecretMask mask(report);
  CHECK(mask.text("12345678") == "[secret]");
  CHECK(mask.text("x1234567890x") == "x[secret]x");
  CHECK(mask.text("1234567890ab") == "[secret]ab");
  CHECK(mask.text("1234567890abc123456789") == "[secret][secret]9");
  CHECK(mask.text("1234567") == "1234567");
  CHECK(mask.text("") == "");
}

TEST_CASE("SARIF message: braces, brackets and control characters have no meaning left") {
  CHECK(sarif_message("use {0} or [x](1)\n") == "use {{0}} or \\[x\\](1)\\n");
  CHECK(sarif_message("\xE2\x80\x8B") == "\\u{{200B}}");
}

TEST_CASE("SARIF level: soft signals are notes") {
  CHECK(sarif_level(Severity::kCritical, Tier::kHard) == "error");
  CHECK(sarif_level(Severity::kHigh, Tier::kHard) == "error");
  CHECK(sarif_level(Severity::kMedium, Tier::kHard) == "warning");
  CHECK(sarif_level(Severity::kLow, Tier::kHard) == "note");
  CHECK(sarif_level(Severity::kInfo, Tier::kHard) == "note");
  CHECK(sarif_level(Severity::kCritical, Tier::kSoft) == "note");
}

}  // namespace
}  // namespace merlon
