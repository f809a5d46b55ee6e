#pragma once
/// Reports made by hand: an ordinary one, an empty one, and one in which every text tries to break
/// out of its format.
#include <string>
#include <vector>

#include "base/source_text.h"
#include "model/scan_report.h"

namespace merlon::test {

/// Two files, a suppressed finding, a decoded one, related places, a failed and a skipped input.
[[nodiscard]] ScanReport sample_report();
/// One scanned file, nothing found.
[[nodiscard]] ScanReport clean_report();
/// Everything untrusted in one finding is `text`, also its file name and the source line.
[[nodiscard]] ScanReport report_saying(const std::string& text);

/// All hostile texts but the long ones in one report, for the files of testdata/reports.
[[nodiscard]] ScanReport hostile_report();

struct HostileText {
  std::string name;
  std::string text;
};
[[nodiscard]] std::vector<HostileText> hostile_texts();

}  // namespace merlon::test
