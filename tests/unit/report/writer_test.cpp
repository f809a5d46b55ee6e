/// What every writer promises, whatever the scanned files hold.
#include "report/writer.h"

#include <algorithm>
#include <memory>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "skeleton.h"
#include "support/sample_report.h"

namespace merlon {
namespace {

using test::hostile_texts;
using test::report_saying;

std::string written(std::string_view format, const ScanReport& report, bool explain = false) {
  const WriterKind* kind = find_writer(format);
  REQUIRE(kind != nullptr);
  return kind->write(report, {.color = false, .explain = explain, .quiet = false});
}

// Short enough to read in a failure; empty when both are equal.
std::string first_difference(const std::string& a, const std::string& b) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const std::size_t from = at - std::min<std::size_t>(at, 60);
  return a == b ? "" : "..." + a.substr(from, 120) + " != " + b.substr(from, 120) + "...";
}

TEST_CASE("writers: names are sorted, unique, found by name, and each has its texts") {
  std::string_view last;
  for (const WriterKind& kind : writer_kinds()) {
    CAPTURE(kind.name);
    CHECK(last < kind.name);
    CHECK(find_writer(kind.name) == &kind);
    CHECK_FALSE(kind.summary.empty());
    CHECK_FALSE(kind.media_type.empty());
    last = kind.name;
  }
  CHECK(find_writer("xml") == nullptr);
  CHECK(find_writer("") == nullptr);
}

TEST_CASE("writers: the same report gives the same bytes") {
  for (const WriterKind& kind : writer_kinds()) {
    CAPTURE(kind.name);
    CHECK(written(kind.name, test::sample_report()) == written(kind.name, test::sample_report()));
  }
}

TEST_CASE("writers: hostile text never leaves a byte in the output that acts on a terminal") {
  for (const WriterKind& kind : writer_kinds()) {
    for (const auto& [name, text] : hostile_texts()) {
      CAPTURE(kind.name);
      CAPTURE(name);
      const std::string out = written(kind.name, report_saying(text), true);
      CHECK(find_invalid_utf8(out) == std::nullopt);
      CHECK(test::first_unprintable(out) == "");
      CHECK(out.ends_with("\n"));
    }
  }
}

TEST_CASE("writers: hostile text does not change the structure of the output") {
  for (const WriterKind& kind : writer_kinds()) {
    const std::string harmless =
        test::skeleton(kind.name, written(kind.name, report_saying("word word"), true));
    REQUIRE(harmless.size() > 20);
    for (const auto& [name, text] : hostile_texts()) {
      CAPTURE(kind.name);
      CAPTURE(name);
      const std::string found =
          test::skeleton(kind.name, written(kind.name, report_saying(text), true));
      CHECK(first_difference(found, harmless) == "");
    }
  }
}

TEST_CASE("writers: an empty report is a valid output that says that nothing was scanned") {
  for (const WriterKind& kind : writer_kinds()) {
    CAPTURE(kind.name);
    const std::string out = written(kind.name, ScanReport{});
    CHECK(test::skeleton(kind.name, out) != "");
    CHECK(out.ends_with("\n"));
  }
  CHECK(written("text", ScanReport{}) ==
        "no findings\nscanned 0 files, 0 servers, 0 tools\n"
        "nothing was scanned: no input has a known format\n");
}

// A one-line file in which another finding stands next to a secret, and quotes it.
ScanReport report_with_secret() {
  const std::string secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
  const std::string line =
      "{\"url\": \"http://h/\", \"token\": \"" + secret + "\", \"x\": \"" + secret + "\"}";
  const auto source = SourceText::copy_of("c.json", line);
  ScanReport report = test::clean_report();
  Finding holder;
  holder.rule_id = "secret-in-config";
  holder.severity = Severity::kHigh;
  holder.message = "a token in the clear";
  holder.where = source->locate(line.find(secret), secret.size());
  holder.evidence.text = mask_secret(secret);
  holder.secret = true;
  Finding neighbour;
  neighbour.rule_id = "plain-http";
  neighbour.severity = Severity::kMedium;
  neighbour.message = "sends " + secret + " in the clear";
  neighbour.where = source->locate(line.find("http"), 9);
  neighbour.evidence.text = "http://h/?t=" + secret;
  neighbour.related = {{"also " + secret, source->locate(1, 2)}};
  neighbour.signals = {{"s", 1, secret}};
  neighbour.remedy = "remove " + secret;
  neighbour.pointer = "/" + secret;
  Finding wide = neighbour;
  wide.where = source->locate(0, line.size());
  report.findings = {wide, neighbour, holder};
  report.coverage.front().reason = secret;
  report.unused_baseline = {secret};
  return report;
}

TEST_CASE(
    "writers: the bytes of a secret are in no output, also next to and inside other findings") {
  for (const WriterKind& kind : writer_kinds()) {
    CAPTURE(kind.name);
    const std::string out = written(kind.name, report_with_secret(), true);
    CHECK(out.find("0123456789abcdef") == std::string::npos);
    CHECK(out.find("ghp_0") == std::string::npos);
  }
}

TEST_CASE("writers: a long secret is masked to its end, of which only the beginning is known") {
  const std::string secret(400, 'k');
  const auto source = SourceText::copy_of("c.json", "token = " + secret + " rest");
  ScanReport report = test::clean_report();
  Finding holder;
  holder.rule_id = "secret-in-config";
  holder.where = source->locate(8, secret.size());
  holder.secret = true;
  Finding other;
  other.rule_id = "other";
  other.message = "saw " + secret + " there";
  report.findings = {other, holder};
  for (const WriterKind& kind : writer_kinds()) {
    CAPTURE(kind.name);
    CHECK(written(kind.name, report).find("kkkk") == std::string::npos);
  }
  CHECK(written("json", report).find("\"message\": \"saw [secret] there\"") != std::string::npos);
}

}  // namespace
}  // namespace merlon
