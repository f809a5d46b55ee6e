#include "scan_setup.h"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

#include "capability/lock.h"
#include "exit_code.h"
#include "rules/rule_loader.h"
#include "scan/scan_config.h"
#include "scan_signed.h"

namespace merlon::cli {
namespace {

using SetupStep = std::optional<int>;

class SetupLoader {
 public:
  SetupLoader(Env& env, ScanOptions& options, ScanSetup& setup)
      : env_(env), options_(options), setup_(setup) {}

  SetupStep run() {
    for (const auto step :
         {&SetupLoader::load_rules, &SetupLoader::load_config, &SetupLoader::load_baseline_file}) {
      if (const auto code = (this->*step)()) {
        return code;
      }
    }
    return std::nullopt;
  }

 private:
  int fail_with(const Error& error, int code) {
    env_.err << render(error);
    return code;
  }
  int fail_with(const std::vector<Error>& errors, int code) {
    for (const Error& error : errors) {
      env_.err << render(error);
    }
    return code;
  }

  SetupStep load_rules() {
    for (const auto& [name, value] : options_.limits) {
      (void)set_limit(setup_.settings.limits, name, value);  // checked with the command line
    }
    auto pack = CompiledRules::built_in();
    if (!pack) {
      return fail_with(pack.error(), kBug);
    }
    setup_.rules = *std::move(pack);
    options_.signed_files.quiet = options_.quiet;
    if (const auto code = add_signed_files(env_, options_.signed_files,
                                           options_.today.value_or(today(env_.clock)),
                                           setup_.settings, setup_.rules)) {
      return code;
    }
    if (!options_.rules.empty()) {
      return add_user_rules();
    }
    return std::nullopt;
  }

  SetupStep add_user_rules() {
    std::vector<Rule> merged = setup_.rules->rules();
    RulePackInfo info = setup_.rules->info();
    for (const std::string& folder : options_.rules) {
      auto loaded = merlon::load_rules(env_.files, folder, setup_.settings.limits);
      if (!loaded) {
        return fail_with(loaded.error(), kIncomplete);
      }
      for (Rule& rule : *loaded) {
        std::erase_if(merged, [&](const Rule& old) { return old.id == rule.id; });
        merged.push_back(std::move(rule));
      }
      info.name += "+" + folder;
    }
    auto compiled = CompiledRules::compile(std::move(merged), std::move(info));
    if (!compiled) {
      return fail_with(compiled.error(), kIncomplete);
    }
    setup_.rules = *std::move(compiled);
    return std::nullopt;
  }

  SetupStep load_config() {
    if (options_.config.empty()) {
      return std::nullopt;
    }
    std::vector<std::string_view> ids;
    for (const Rule& rule : setup_.rules->rules()) {
      ids.push_back(rule.id);
    }
    std::vector<Rule> others = engine_rules();
    std::ranges::move(lock_rules(), std::back_inserter(others));
    for (const Rule& rule : others) {
      ids.push_back(rule.id);
    }
    auto config = load_scan_config(env_.files, options_.config, ids, setup_.settings.limits);
    if (!config) {
      return fail_with(config.error(), kIncomplete);
    }
    // The command line wins over the file.
    ScanSettings from_file;
    apply_config(*config, from_file);
    for (const auto& [name, value] : options_.limits) {
      (void)set_limit(from_file.limits, name, value);
    }
    from_file.extra_checks = std::move(setup_.settings.extra_checks);
    setup_.settings = std::move(from_file);
    if (!options_.fail_on) {
      options_.fail_on = config->fail_on;
    }
    if (!options_.min_severity) {
      options_.min_severity = config->min_severity;
    }
    options_.exclude.insert(options_.exclude.end(), config->exclude.begin(), config->exclude.end());
    return std::nullopt;
  }

  SetupStep load_baseline_file() {
    if (options_.baseline.empty()) {
      return std::nullopt;
    }
    auto baseline = merlon::load_baseline(env_.files, options_.baseline, setup_.settings.limits);
    if (!baseline) {
      return fail_with(baseline.error(), kIncomplete);
    }
    setup_.baseline = *std::move(baseline);
    return std::nullopt;
  }

  Env& env_;
  ScanOptions& options_;
  ScanSetup& setup_;
};

}  // namespace

std::optional<int> load_scan_setup(Env& env, ScanOptions& options, ScanSetup& setup) {
  return SetupLoader(env, options, setup).run();
}

}  // namespace merlon::cli
