#include "replay_inputs.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <utility>

#include "audit/audit_files.h"
#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "exit_code.h"
#include "policy/policy_loader.h"
#include "policy_actions.h"
#include "signed_policy.h"

namespace merlon::cli {
namespace {

constexpr std::string_view kRecordingEndings[] = {".jsonl", ".ndjson"};

bool is_recording_name(std::string_view name) {
  return std::any_of(std::begin(kRecordingEndings), std::end(kRecordingEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

std::vector<Error> check_named(const PolicySource& source) {
  // Of nobody's tenant and without pins: what is wrong with the policy itself.
  auto made = source.get({});
  return made ? std::vector<Error>() : std::move(made).error();
}

/// An audit log is one input, whatever files it has.
bool is_audit_folder(const std::vector<DirectoryEntry>& entries) {
  const auto has = [&](std::string_view name) {
    return std::any_of(entries.begin(), entries.end(), [&](const DirectoryEntry& entry) {
      return entry.kind == FileKind::kRegular && entry.name == name;
    });
  };
  return has("checkpoint") && has(kOpenSegment);
}

/// Folders that are still to be looked into; a stack of our own instead of the call stack.
class RecordingFinder {
 public:
  RecordingFinder(Env& env, int& code) : env_(env), code_(code) {}

  void add(const std::string& path) {
    const auto kind = env_.files.kind_of(path);
    if (!kind) {
      complain(kind.error());
    } else if (*kind == FileKind::kDirectory) {
      walk(path);
    } else {
      found_.push_back(path);
    }
  }

  std::vector<std::string> take() && {
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return std::move(found_);
  }

 private:
  void walk(const std::string& folder) {
    std::vector<std::pair<std::string, std::uint32_t>> open{{folder, 0}};
    while (!open.empty()) {
      const auto [path, depth] = std::move(open.back());
      open.pop_back();
      const auto entries = env_.files.list(path);
      if (!entries) {
        complain(entries.error());
        continue;
      }
      if (is_audit_folder(*entries)) {
        found_.push_back(path);
        continue;
      }
      for (const DirectoryEntry& entry : *entries) {
        const std::string below = (path.ends_with('/') ? path : path + '/') + entry.name;
        if (entry.kind == FileKind::kDirectory && depth >= limits_.walk_depth) {
          complain(make_error(ErrorCode::kLimit, "`", below, "` lies too deep"));
        } else if (entry.kind == FileKind::kDirectory) {
          open.emplace_back(below, depth + 1);
        } else if (entry.kind == FileKind::kRegular && is_recording_name(entry.name)) {
          found_.push_back(below);
        }
      }
    }
  }

  void complain(const Error& error) {
    env_.err << render(error);
    code_ = kIncomplete;
  }

  Env& env_;
  int& code_;
  Limits limits_;
  std::vector<std::string> found_;
};

}  // namespace

std::unique_ptr<ReplayPolicies> ReplayPolicies::make(Env& env, const ReplayPolicyChoice& choice,
                                                     std::shared_ptr<const CompiledRules> rules,
                                                     int& code) {
  std::unique_ptr<ReplayPolicies> out(new ReplayPolicies(env));
  const std::vector<Error> errors = out->prepare(env, choice, rules);
  if (!errors.empty()) {
    code = fail_policy(env, errors);
    return nullptr;
  }
  return out;
}

Checked<std::string> ReplayPolicies::find(Env& env, const std::string& word) const {
  auto path = find_policy(PolicyStore(env.files, policies_folder(env)), word);
  if (!path) {
    return std::unexpected(std::vector<Error>{path.error()});
  }
  return *std::move(path);
}

std::vector<Error> ReplayPolicies::check_signed(Env& env, const ReplayPolicyChoice& choice,
                                                const std::string& path,
                                                const PolicySource& source) const {
  if (choice.policy_keys.empty() && choice.key_lists.lists.empty()) {
    return {};
  }
  const RememberingFiles files(files_);
  const auto policy = load_policy(files, path, {});
  const auto used = source.get({});
  if (!policy || !used) {
    return policy ? used.error() : policy.error();
  }
  SignedInputs inputs(env, {.today = today(env.clock), .key_lists = choice.key_lists});
  if (auto error = check_policy_signature(env, inputs, *policy, files, choice.policy_keys)) {
    return {*std::move(error)};
  }
  if ((*used)->policy().digest != policy->digest) {
    return {make_error(ErrorCode::kIo, "`", path, "` changed while it was read")};
  }
  return {};
}

std::vector<Error> ReplayPolicies::prepare(Env& env, const ReplayPolicyChoice& choice,
                                           const std::shared_ptr<const CompiledRules>& rules) {
  const Limits limits;
  std::string system;
  if (!choice.no_system) {
    system = choice.system.empty() ? std::string(kSystemPolicyPath) : choice.system;
  }
  if (!choice.system.empty() && !choice.no_system && !env.files.kind_of(choice.system)) {
    // A default that is not there is no minimum; one that was named must be there.
    return {make_error(ErrorCode::kNotFound, "cannot open `", choice.system, "`")};
  }
  policy_.emplace(rules, limits);
  const std::pair<const std::string&, std::optional<PolicySource>&> wanted[] = {
      {choice.policy, policy_}, {choice.against, against_}};
  for (const auto& [word, source] : wanted) {
    if (word.empty()) {
      continue;
    }
    auto path = find(env, word);
    if (!path) {
      return std::move(path).error();
    }
    source.emplace(rules, limits,
                   NamedPolicy{.files = files_, .path = *path, .system_path = system});
    if (auto errors = check_named(*source); !errors.empty()) {
      return errors;
    }
    if (auto errors = check_signed(env, choice, *path, *source); !errors.empty()) {
      return errors;
    }
  }
  return {};
}

std::vector<std::string> find_recordings(Env& env, const std::vector<std::string>& inputs,
                                         int& code) {
  RecordingFinder finder(env, code);
  for (const std::string& input : inputs) {
    finder.add(input);
  }
  return std::move(finder).take();
}

std::unique_ptr<ReplayNotes> ReplayNotes::load(Env& env, const std::string& labels, int& code) {
  std::unique_ptr<ReplayNotes> out(new ReplayNotes(env));
  if (labels.empty()) {
    return out;
  }
  const Limits limits;
  const auto source = env.files.read(labels, limits.file_bytes);
  if (!source) {
    env.err << render(source.error());
    code = kIncomplete;
    return nullptr;
  }
  auto loaded = load_labels(*source, limits);
  if (!loaded) {
    for (const Error& error : loaded.error()) {
      env.err << render(error);
    }
    code = kIncomplete;
    return nullptr;
  }
  const std::filesystem::path folder = std::filesystem::path(labels).parent_path();
  for (auto& [file, label] : *loaded) {
    out->labels_.emplace((folder / file).lexically_normal().generic_string(), std::move(label));
  }
  return out;
}

Checked<std::shared_ptr<const SessionNotes>> ReplayNotes::of(const std::string& path) const {
  SessionNotes notes;
  const Limits limits;
  std::filesystem::path beside(path);
  beside.replace_extension(".expect.toml");
  const std::string name = beside.generic_string();
  if (env_.files.kind_of(name)) {
    const auto source = env_.files.read(name, limits.toml_bytes);
    if (!source) {
      return std::unexpected(std::vector<Error>{source.error()});
    }
    auto loaded = load_session_notes(*source, limits);
    if (!loaded) {
      return std::unexpected(std::move(loaded).error());
    }
    notes = *std::move(loaded);
    notes.digest = sha256_hex((*source)->bytes());
  }
  const auto label = labels_.find(std::filesystem::path(path).lexically_normal().generic_string());
  if (label != labels_.end()) {
    notes.label = label->second;
  }
  return std::make_shared<const SessionNotes>(std::move(notes));
}

Result<ImportedFile> open_sessions(std::shared_ptr<const SourceText> source,
                                   const ImportOptions& options) {
  const std::string_view text = source->bytes();
  const bool recording =
      options.kind == nullptr &&
      text.substr(0, text.find('\n')).find(R"("type":"recording")") != std::string_view::npos;
  if (!recording) {
    return import_sessions(source, options);
  }
  MERLON_TRY(auto session, open_recording(std::move(source)));
  ImportedFile out;
  out.sessions.push_back(std::move(session));
  return out;
}

Result<ImportOptions> import_options(const Env& env, const std::string& from,
                                     const std::string& tools) {
  ImportOptions out;
  if (!from.empty()) {
    out.kind = find_importer(from);
  }
  if (tools.empty()) {
    return out;
  }
  MERLON_TRY(const auto source, env.files.read(tools, out.limits.file_bytes));
  MERLON_TRY(const Document json, parse_json(source, JsonDialect::kStrict, out.limits));
  // An answer, its result, or the list alone.
  const auto result = json.find(json.root(), "result", NodeKind::kObject);
  const NodeId holder = result.value_or(json.root());
  const auto list = json.find(holder, "tools", NodeKind::kArray);
  if (!list) {
    return fail(ErrorCode::kFormat, "`", tools, "` has no list `tools`");
  }
  out.tools = "{\"tools\":" + std::string(json.raw(*list)) + "}";
  return out;
}

}  // namespace merlon::cli
