// merlon.toml: every problem in words, in one line, with a place in the file; a configuration that
// is taken can be applied.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/document_invariants.h"
#include "scan/scan_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string_view> rules{"conceal-from-user", "lock-drift",
                                                   "prompt-override", "unpinned-launch"};
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config =
      merlon::parse_scan_config(merlon::SourceText::copy_of("merlon.toml", text), rules, {});
  if (!config) {
    merlon::test::check_errors(config.error());
    return 0;
  }
  merlon::ScanSettings settings;
  merlon::apply_config(*config, settings);
  if (settings.overrides.size() != config->overrides.size()) {
    merlon::test::broken("an override was lost");
  }
  for (const merlon::RuleOverride& change : config->overrides) {
    if (change.reason.empty()) {
      merlon::test::broken("a change without a reason");
    }
  }
  return 0;
}
