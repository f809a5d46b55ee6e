/// JUnit XML: one <testsuite> for each input. A finding at or above `fail_on` is a failing test;
/// one below it, or one that is suppressed, is a skipped test that says why, so that a test report
/// and the exit code never disagree. An input that could not be looked at as a whole is an error.
#include <map>

#include "base/text.h"
#include "base/xml_text.h"
#include "report/secret_mask.h"
#include "report/source_line.h"
#include "report/summary.h"
#include "report/writers.h"

namespace merlon {
namespace {

constexpr std::size_t kJunitTextBytes = 2000;

enum class Outcome { kPassed, kFailed, kSkipped, kError };

struct Suite {
  std::size_t tests{0};
  std::size_t failures{0};
  std::size_t errors{0};
  std::size_t skipped{0};
  std::string cases;

  void count(Outcome outcome) {
    ++tests;
    failures += outcome == Outcome::kFailed ? 1 : 0;
    errors += outcome == Outcome::kError ? 1 : 0;
    skipped += outcome == Outcome::kSkipped ? 1 : 0;
  }
  [[nodiscard]] std::string attributes() const {
    return " tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
           "\" errors=\"" + std::to_string(errors) + "\" skipped=\"" + std::to_string(skipped) +
           "\"";
  }
};

class JunitReport {
 public:
  explicit JunitReport(const ScanReport& report) : report_(report), mask_(report) {}

  std::string write() {
    for (const Finding& finding : report_.findings) {
      add_finding(finding);
    }
    for (const CoverageEntry& entry : report_.coverage) {
      add_coverage(entry);
    }
    Suite total;
    std::string suites;
    for (const auto& [file, suite] : suites_) {
      total.tests += suite.tests;
      total.failures += suite.failures;
      total.errors += suite.errors;
      total.skipped += suite.skipped;
      suites += "  <testsuite name=\"" + xml_text(file) + "\"" + suite.attributes() +
                " time=\"0\">\n" + suite.cases + "  </testsuite>\n";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"merlon scan\"" +
           total.attributes() + " time=\"0\">\n" + suites + "</testsuites>\n";
  }

 private:
  void add_finding(const Finding& finding);
  void add_coverage(const CoverageEntry& entry);
  [[nodiscard]] std::string details(const Finding& finding) const;
  [[nodiscard]] std::string skip_reason(const Finding& finding) const;
  [[nodiscard]] std::string safe(std::string_view text) const {
    return xml_text(shorten(mask_.text(text), kJunitTextBytes));
  }

  const ScanReport& report_;
  SecretMask mask_;
  std::map<std::string, Suite> suites_;
};

// Lines of the failure's body; each is one line of escaped text.
std::string JunitReport::details(const Finding& finding) const {
  std::string out = xml_text(place_of(finding.where)) + ": " + safe(finding.message) + "\n";
  const SourceLine line = make_source_line(mask_.excerpt(finding.where, finding.secret));
  if (!line.empty()) {
    out += "  " + xml_text(line.line()) + "\n  " + line.underline() + "\n";
  }
  if (const std::string item = item_phrase(finding); !item.empty()) {
    out += "in: " + safe(item) + "\n";
  }
  if (!finding.evidence.text.empty()) {
    out += "seen: " + safe(finding.evidence.text) + "\n";
  }
  if (!finding.evidence.decoded_by.empty()) {
    out += "decoded from: " + xml_text(join(finding.evidence.decoded_by, ", then ")) + "\n";
  }
  for (const RelatedPlace& related : finding.related) {
    out += "see: " + xml_text(place_of(related.where)) + ": " + safe(related.message) + "\n";
  }
  if (!finding.remedy.empty()) {
    out += "fix: " + safe(finding.remedy) + "\n";
  }
  return out;
}

std::string JunitReport::skip_reason(const Finding& finding) const {
  if (finding.suppression) {
    const Suppression& suppression = *finding.suppression;
    std::string out = "suppressed by the " + xml_text(suppression.by);
    if (!suppression.owner.empty()) {
      out += ", owner " + safe(suppression.owner);
    }
    if (!suppression.expires.empty()) {
      out += ", until " + xml_text(suppression.expires);
    }
    return out + ": " + safe(suppression.reason);
  }
  if (finding.severity >= report_.fail_on) {
    return "a soft signal, which does not count alone: " + safe(finding.message);
  }
  return "below --fail-on " + std::string(to_string(report_.fail_on)) + ": " +
         safe(finding.message);
}

void JunitReport::add_finding(const Finding& finding) {
  Suite& suite = suites_[finding.where.file];
  const bool fails = is_failing(report_, finding);
  suite.count(fails ? Outcome::kFailed : Outcome::kSkipped);
  const std::string severity(to_string(finding.severity));
  std::string name = finding.rule_id;
  if (finding.where.line != 0) {
    name +=
        " at " + std::to_string(finding.where.line) + ":" + std::to_string(finding.where.column);
  }
  suite.cases += "    <testcase classname=\"" + xml_text(finding.rule_id) + "\" name=\"" +
                 xml_text(name) + "\" file=\"" + xml_text(finding.where.file) + "\"";
  if (finding.where.line != 0) {
    suite.cases += " line=\"" + std::to_string(finding.where.line) + "\"";
  }
  suite.cases += " time=\"0\">\n";
  if (fails) {
    suite.cases += "      <failure type=\"" + severity + "\" message=\"" + severity + ": " +
                   safe(finding.message) + "\">" + details(finding) + "</failure>\n";
  } else {
    suite.cases += "      <skipped message=\"" + skip_reason(finding) + "\"/>\n";
    suite.cases += "      <system-out>" + details(finding) + "</system-out>\n";
  }
  suite.cases += "    </testcase>\n";
}

void JunitReport::add_coverage(const CoverageEntry& entry) {
  Suite& suite = suites_[entry.file];
  const bool unread =
      entry.state == CoverageState::kFailed || entry.state == CoverageState::kPartial;
  const Outcome outcome = unread                                   ? Outcome::kError
                          : entry.state == CoverageState::kSkipped ? Outcome::kSkipped
                                                                   : Outcome::kPassed;
  suite.count(outcome);
  suite.cases += "    <testcase classname=\"coverage\" name=\"looked at as a whole\" file=\"" +
                 xml_text(entry.file) + "\" time=\"0\"";
  const std::string reason = safe(entry.reason);
  switch (outcome) {
    case Outcome::kError:
      suite.cases += ">\n      <error type=\"" + std::string(to_string(entry.state)) +
                     "\" message=\"" + reason + "\"/>\n    </testcase>\n";
      break;
    case Outcome::kSkipped:
      suite.cases += ">\n      <skipped message=\"" + reason + "\"/>\n    </testcase>\n";
      break;
    case Outcome::kPassed:
    case Outcome::kFailed: suite.cases += "/>\n"; break;
  }
}

}  // namespace

std::string write_junit(const ScanReport& report, const WriterOptions& /*options*/) {
  return JunitReport(report).write();
}

}  // namespace merlon
