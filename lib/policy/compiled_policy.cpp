#include "policy/compiled_policy.h"

#include <algorithm>
#include <string>
#include <utility>

#include "mcp/method.h"
#include "policy/approval_section.h"
#include "policy/attestation_section.h"
#include "policy/containment_section.h"
#include "policy/environment_section.h"
#include "policy/record_section.h"
#include "policy/redact_section.h"

namespace merlon {
namespace {

/// The configuration of a guard that has none.
const Document& empty_table() {
  static const Document document = [] {
    Document out(SourceText::copy_of("", "{}"));
    const NodeId root = out.add(NodeKind::kObject, 0, 2, kNoNode, 0);
    out.close(root, 2);
    return out;
  }();
  return document;
}

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const GuardKind& kind : guard_kinds()) {
    names.push_back(kind.name);
  }
  return names;
}

Error unknown_kind(const GuardEntry& entry) {
  Error error = make_error(ErrorCode::kBadPolicy, "unknown guard type `", entry.type, "`");
  error.where = entry.where;
  TableReader::suggest(error, entry.type, kind_names());
  return error;
}

/// The phases that an entry runs on; complains about those that its kind cannot judge.
PhaseSet phases_of(const GuardEntry& entry, const GuardKind& kind, std::vector<Error>& errors) {
  PhaseSet wanted = 0;
  for (const Phase phase : entry.runs_on) {
    wanted = static_cast<PhaseSet>(wanted | phase_bit(phase));
    if ((kind.phases & phase_bit(phase)) == 0) {
      Error error = make_error(ErrorCode::kBadPolicy, "guard type `", entry.type,
                               "` cannot judge phase `", to_string(phase), "`");
      error.where = entry.where;
      errors.push_back(std::move(error));
    }
  }
  return entry.runs_on.empty() ? kind.phases : wanted;
}

std::unique_ptr<Guard> make_guard(const Policy& policy, const GuardEntry& entry,
                                  const GuardKind& kind, const GuardWorld& world,
                                  std::vector<Error>& errors) {
  const bool has_table = entry.config.node != kNoNode;
  TableReader reader(has_table ? *entry.config.document : empty_table(), ErrorCode::kBadPolicy);
  const NodeId table = has_table ? entry.config.node : empty_table().root();
  std::unique_ptr<Guard> guard = kind.make(
      {.policy = policy, .entry = entry, .reader = reader, .table = table, .world = world});
  if (!reader.has_errors() && guard != nullptr) {
    return guard;
  }
  std::vector<Error> complaints = std::move(reader).take_errors();
  if (complaints.empty()) {
    complaints.push_back(make_error(ErrorCode::kBadPolicy, "guard `", entry.id,
                                    "` cannot be made from its configuration"));
  }
  for (Error& error : complaints) {
    if (error.where.file.empty()) {
      error.where = entry.where;
    }
    errors.push_back(std::move(error));
  }
  return nullptr;
}

/// The tracker reads `[rule_of_two]` also when no guard does; the others are read by who starts the
/// session.
void check_sections(const Policy& policy, std::vector<Error>& errors) {
  const bool read_by_guard =
      std::any_of(policy.guards.begin(), policy.guards.end(),
                  [](const GuardEntry& entry) { return entry.type == "rule-of-two"; });
  if (!read_by_guard) {
    (void)RuleOfTwoSection::read(policy, &errors);
  }
  (void)RecordSection::read(policy, &errors);
  (void)RedactSection::read(policy, &errors);
  (void)read_approval_section(policy, &errors);
  (void)EnvironmentSection::read(policy, &errors);
  (void)ContainmentSection::read(policy, &errors);
  (void)read_attestation_section(policy, &errors);
}

/// Makes the guards of one layer and puts them behind those of the layers before it.
void compile_layer(const Policy& policy, std::size_t layer, const GuardWorld& world,
                   std::vector<CompiledGuard>& guards, std::vector<Error>& errors) {
  const std::size_t before = guards.size();
  check_sections(policy, errors);
  for (const GuardEntry& entry : policy.guards) {
    const GuardKind* const kind = find_guard_kind(entry.type);
    if (kind == nullptr) {
      errors.push_back(unknown_kind(entry));
      continue;
    }
    const PhaseSet phases = phases_of(entry, *kind, errors);
    std::unique_ptr<Guard> guard = make_guard(policy, entry, *kind, world, errors);
    if (guard != nullptr && entry.enabled) {
      guards.push_back(
          {.entry = entry, .phases = phases, .guard = std::move(guard), .layer = layer});
    }
  }
  std::stable_sort(guards.begin() + static_cast<std::ptrdiff_t>(before), guards.end(),
                   [](const CompiledGuard& a, const CompiledGuard& b) {
                     return a.entry.priority < b.entry.priority;
                   });
}

}  // namespace

Checked<std::shared_ptr<const CompiledPolicy>> compile_policy(Policy policy,
                                                              const GuardWorld& world) {
  std::vector<Error> errors;
  std::vector<CompiledGuard> guards;
  if (policy.minimum != nullptr) {
    compile_layer(*policy.minimum, 0, world, guards, errors);
  }
  compile_layer(policy, policy.minimum != nullptr ? 1 : 0, world, guards, errors);
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return std::make_shared<const CompiledPolicy>(std::move(policy), std::move(guards));
}

}  // namespace merlon
