#include "scan_signed.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "rules/package_list_file.h"
#include "rules/rule_pack_file.h"

namespace merlon::cli {
namespace {

class SignedFiles {
 public:
  SignedFiles(Env& env, const ScanSignedWords& words, SignedInputs& inputs, const Limits& limits)
      : env_(env), words_(words), inputs_(inputs), limits_(limits) {}

  std::optional<int> add_packs(std::shared_ptr<const CompiledRules>& rules) {
    std::vector<Rule> merged = rules->rules();
    RulePackInfo info = rules->info();
    for (const std::string& path : words_.rule_packs) {
      const OpenedFile opened = inputs_.open(path, SignedFileKind::kRulePack, words_.rule_keys);
      if (!opened.file) {
        return opened.exit;
      }
      if (const auto code = merge(*opened.file, merged, info)) {
        return code;
      }
    }
    auto compiled = CompiledRules::compile(std::move(merged), std::move(info));
    if (!compiled) {
      return refuse(compiled.error());
    }
    rules = *std::move(compiled);
    return std::nullopt;
  }

  std::optional<int> add_list(const std::string& path, ScanSettings& settings) {
    const OpenedFile opened =
        inputs_.open(path, SignedFileKind::kPackageList, words_.package_list_keys);
    if (!opened.file) {
      return opened.exit;
    }
    auto list = read_package_list(opened.file->payload);
    if (!list) {
      return refuse({list.error()});
    }
    say_used(*opened.file);
    const auto shared = std::make_shared<const PackageListFile>(*std::move(list));
    settings.extra_checks.push_back(
        {.rules = {},
         .run = [shared, facts = shared->facts()](const CheckInput& input, CheckSink& sink) {
           check_listed_packages(input, sink, facts);
         }});
    return std::nullopt;
  }

 private:
  int refuse(const std::vector<Error>& errors) {
    for (const Error& error : errors) {
      env_.err << render(error);
    }
    return kIncomplete;
  }

  static std::string label(const SignedFile& file) {
    const SignedHead& head = file.payload.head;
    return head.name + " " + std::to_string(head.version) + " (" + join(file.keys, ", ") + ")";
  }

  void say_used(const SignedFile& file) {
    if (!words_.quiet) {
      env_.err << "merlon: " << signed_file_type(file.payload.kind).words << ' '
               << escape_for_display(label(file)) << '\n';
    }
  }

  std::optional<int> merge(const SignedFile& file, std::vector<Rule>& merged, RulePackInfo& info) {
    auto pack = read_rule_pack(file.payload);
    if (!pack) {
      return refuse({pack.error()});
    }
    auto rules = load_pack_rules(*pack, limits_);
    if (!rules) {
      return refuse(rules.error());
    }
    if (pack->built_in == BuiltInRules::kReplace) {
      merged.clear();
      info.name.clear();
      info.version.clear();
    }
    for (Rule& rule : *rules) {
      std::erase_if(merged, [&](const Rule& old) { return old.id == rule.id; });
      merged.push_back(std::move(rule));
    }
    info.name += (info.name.empty() ? "" : "+") + label(file);
    info.version += (info.version.empty() ? "" : "+") + std::to_string(file.payload.head.version);
    say_used(file);
    return std::nullopt;
  }

  Env& env_;
  const ScanSignedWords& words_;
  SignedInputs& inputs_;
  const Limits& limits_;
};

}  // namespace

SignedInputTerms scan_signed_terms(const ScanSignedWords& words, Date today, const Limits& limits) {
  return {.limits = limits,
          .today = today,
          .rollback = words.allow_rollback ? Rollback::kAllowed : Rollback::kRefused,
          .key_lists = words.key_lists};
}

std::optional<int> add_signed_files(Env& env, const ScanSignedWords& words, Date today,
                                    ScanSettings& settings,
                                    std::shared_ptr<const CompiledRules>& rules) {
  if (words.rule_packs.empty() && words.package_lists.empty()) {
    return std::nullopt;
  }
  SignedInputs inputs(env, scan_signed_terms(words, today, settings.limits));
  SignedFiles files(env, words, inputs, settings.limits);
  if (!words.rule_packs.empty()) {
    if (const auto code = files.add_packs(rules)) {
      return code;
    }
  }
  for (const std::string& path : words.package_lists) {
    if (const auto code = files.add_list(path, settings)) {
      return code;
    }
  }
  return inputs.remember();
}

}  // namespace merlon::cli
