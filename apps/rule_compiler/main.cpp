// Build tool: rules/**/*.toml into one compiled pack (lib/rules/pack.h).
//   merlon_rule_compiler RULES_DIR PACK REGEXES
#include <fstream>
#include <iostream>
#include <string>

#include "base/files.h"
#include "base/limits.h"
#include "rules/pack.h"
#include "rules/rule_loader.h"

namespace {

int report(const std::vector<merlon::Error>& errors) {
  for (const merlon::Error& error : errors) {
    std::cerr << merlon::render(error);
  }
  return 1;
}

bool write(const char* path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    std::cerr << "merlon_rule_compiler: cannot write " << path << '\n';
  }
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: merlon_rule_compiler RULES_DIR PACK REGEXES\n";
    return 2;
  }
  const auto files = merlon::make_disk_files();
  const merlon::Limits limits;
  const auto info = merlon::load_pack_info(*files, argv[1], limits);
  if (!info) {
    return report(info.error());
  }
  auto rules = merlon::load_rules(*files, argv[1], limits);
  if (!rules) {
    return report(rules.error());
  }
  const std::string bytes = merlon::build_pack(*std::move(rules), info->name, info->version);
  const auto pack = merlon::open_pack(bytes, merlon::PackTrust::kForeign);
  if (!pack) {
    return report({pack.error()});
  }
  return write(argv[2], bytes) && write(argv[3], merlon::build_pack_regexes(*pack)) ? 0 : 4;
}
