#include <array>
#include <ostream>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "rules/matcher.h"

namespace merlon::cli {
namespace {

struct FormatVersion {
  std::string_view name;
  int version;
};

/// The numbers of the file formats that this program reads and writes. docs/spec has a page for
/// each.
constexpr std::array kFormats{
    FormatVersion{"rule", 1},         FormatVersion{"snapshot", 1}, FormatVersion{"lock", 1},
    FormatVersion{"report", 1},       FormatVersion{"baseline", 1}, FormatVersion{"rule pack", 1},
    FormatVersion{"package list", 1}, FormatVersion{"policy", 1},
};

}  // namespace

int cmd_version(Env& env, std::span<const std::string> args);

int cmd_version(Env& env, std::span<const std::string> args) {
  Options options("version", "show versions of the program, its rules and formats");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    env.err << render(rules.error());
    return kBug;
  }
  const RulePackInfo& pack = (*rules)->info();
  env.out << "merlon " << MERLON_VERSION << '\n';
  env.out << "rules: " << pack.name << ' ' << pack.version << ", " << counted(pack.rules, "rule")
          << '\n';
  env.out << "formats";
  const char* separator = ": ";
  for (const FormatVersion& format : kFormats) {
    env.out << separator << format.name << ' ' << format.version;
    separator = ", ";
  }
  env.out << '\n';
  return kYes;
}

}  // namespace merlon::cli
