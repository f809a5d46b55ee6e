// Arguments and results of tools against the schemas of their definition. docs/guards/schema.md
#include <array>

#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/schema/schema_validator.h"
#include "guard/tool_schemas.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kSchemaKeys{
    "arguments", "results", "unsupported", "no_extra_arguments", "max_steps", "max_cached"};
constexpr std::array<std::string_view, 2> kWarnOrDeny{"warn", "deny"};
constexpr std::array<std::string_view, 3> kWarnAskOrDeny{"warn", "ask", "deny"};
constexpr std::uint64_t kLeastSteps = 100;
constexpr std::uint64_t kMostSteps = 10'000'000;
constexpr std::uint64_t kMostCached = 4096;

struct SchemaGuardOptions {
  Verdict arguments{Verdict::kDeny};
  Verdict results{Verdict::kWarn};
  Verdict unsupported{Verdict::kWarn};
  bool no_extra_arguments{false};
  SchemaLimits limits;
  std::size_t max_cached{256};
};

/// What is held to a schema.
struct SchemaSubject {
  std::string_view what;   ///< `arguments`, `structured content`
  std::string_view field;  ///< of the definition
  std::string tool;
  NodeId value{kNoNode};
  Verdict on_violation{Verdict::kDeny};
};

Reason schema_reason(std::string_view rule, Severity severity, std::string message) {
  Reason out;
  out.code = DenialCode::kSuspiciousInput;
  out.rule_id = rule;
  out.severity = severity;
  out.message = std::move(message);
  return out;
}

class SchemaGuard final : public ForgetfulGuard {
 public:
  explicit SchemaGuard(const SchemaGuardOptions& options)
      : options_(options), cache_(options.max_cached) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.tool == nullptr) {
      return allow();  // no definition: tool-list and pinning speak about that
    }
    if (input.phase == Phase::kToolInvoke) {
      return judge_arguments(input);
    }
    const bool is_answer = input.phase == Phase::kResponse && input.request != nullptr &&
                           input.request->method == "tools/call" &&
                           input.message.kind == MessageKind::kResult;
    return is_answer ? judge_result(input) : allow();
  }

 private:
  [[nodiscard]] GuardOutcome judge_arguments(const GuardInput& input) const {
    const auto schemas = cache_.find(*input.tool);
    SchemaSubject subject{.what = "arguments",
                          .field = "inputSchema",
                          .tool = input.tool_name(),
                          .value = input.arguments,
                          .on_violation = options_.arguments};
    if (subject.value == kNoNode) {
      return judge_absent(input, schemas->input, subject);
    }
    if (options_.no_extra_arguments && schemas->input.closed_names) {
      const Document& document = input.message.document;
      for (const auto& [key, value] : document.members(subject.value)) {
        if (!schemas->input.closed_names->contains(document.text(key))) {
          return extra_argument(document, value, subject);
        }
      }
    }
    return judge(input.message.document, schemas->input, subject);
  }

  /// A call without arguments is one with none.
  [[nodiscard]] GuardOutcome judge_absent(const GuardInput& input, const ToolSchema& schema,
                                          const SchemaSubject& subject) const {
    if (!schema.compiled || schema.compiled->part(schema.compiled->root()).required.empty()) {
      return allow();
    }
    return violation(input.message.document, input.message.params, "required", subject);
  }

  [[nodiscard]] GuardOutcome judge_result(const GuardInput& input) const {
    const Document& document = input.message.document;
    const auto schemas = cache_.find(*input.tool);
    if (!schemas->output.present ||
        document.is_true(document.find(input.message.result, "isError"))) {
      return allow();
    }
    const std::string type =
        document.string_or(document.find(input.message.result, "resultType"), "complete");
    const auto content = document.find(input.message.result, "structuredContent");
    const SchemaSubject subject{.what = "structured content",
                                .field = "outputSchema",
                                .tool = input.tool_name(),
                                .value = content.value_or(kNoNode),
                                .on_violation = options_.results};
    if (!content) {
      return type == "complete" && !document.find(input.message.result, "task")
                 ? violation(document, input.message.result, "structuredContent", subject)
                 : allow();
    }
    return judge(document, schemas->output, subject);
  }

  [[nodiscard]] GuardOutcome judge(const Document& document, const ToolSchema& schema,
                                   const SchemaSubject& subject) const {
    if (!schema.present) {
      return allow();
    }
    if (!schema.compiled) {
      return unsupported(subject, schema.problem);
    }
    const SchemaResult result =
        validate(*schema.compiled, document, subject.value, options_.limits);
    switch (result.outcome) {
      case SchemaOutcome::kValid: return allow();
      case SchemaOutcome::kInvalid:
        return violation(document, result.instance, result.keyword, subject);
      case SchemaOutcome::kUnknown: return unsupported(subject, first_note(*schema.compiled));
      case SchemaOutcome::kBudget: break;
    }
    return error(schema_reason("schema-bound", Severity::kMedium,
                               "the " + std::string(subject.what) + " of `" +
                                   shorten(subject.tool, 64) +
                                   "` could not be checked within the bound of steps"));
  }

  [[nodiscard]] static std::string first_note(const CompiledSchema& schema) {
    if (schema.notes().empty()) {
      return "a part of it is not checked";
    }
    const SchemaNote& note = schema.notes().front();
    return "`" + escape_for_display(shorten(note.keyword, 32)) + "` at `" +
           escape_for_display(shorten(note.pointer, 64)) + "`: " + note.why;
  }

  [[nodiscard]] GuardOutcome unsupported(const SchemaSubject& subject,
                                         const std::string& why) const {
    Reason reason =
        schema_reason("schema-not-checked", Severity::kLow,
                      "the `" + std::string(subject.field) + "` of `" + shorten(subject.tool, 64) +
                          "` is not checked in full: " + why);
    reason.remedy = "simplify the schema, or set `unsupported` of this guard";
    return options_.unsupported == Verdict::kDeny ? deny(std::move(reason))
                                                  : warn(std::move(reason));
  }

  [[nodiscard]] GuardOutcome violation(const Document& document, NodeId where,
                                       std::string_view keyword,
                                       const SchemaSubject& subject) const {
    Reason reason = schema_reason(
        "schema-violation", Severity::kMedium,
        "the " + std::string(subject.what) + " of `" + shorten(subject.tool, 64) + "` break `" +
            std::string(keyword) + "` of its `" + std::string(subject.field) + "`");
    reason.pointer = document.pointer(where);
    reason.remedy = "send what the schema of the tool asks for";
    return spoken(std::move(reason), subject.on_violation);
  }

  [[nodiscard]] GuardOutcome extra_argument(const Document& document, NodeId value,
                                            const SchemaSubject& subject) const {
    Reason reason = schema_reason(
        "schema-extra-argument", Severity::kMedium,
        "`" + shorten(subject.tool, 64) + "` has no argument of this name in its `inputSchema`");
    reason.pointer = document.pointer(value);
    reason.remedy = "leave the argument out";
    return spoken(std::move(reason), subject.on_violation);
  }

  [[nodiscard]] static GuardOutcome spoken(Reason reason, Verdict verdict) {
    return verdict == Verdict::kDeny  ? deny(std::move(reason))
           : verdict == Verdict::kAsk ? ask(std::move(reason))
                                      : warn(std::move(reason));
  }

  SchemaGuardOptions options_;
  ToolSchemaCache cache_;
};

Verdict verdict_of(TableReader& reader, NodeId table, std::string_view key, Verdict fallback) {
  const auto index = reader.choice(table, key, kWarnAskOrDeny);
  constexpr std::array<Verdict, 3> kVerdicts{Verdict::kWarn, Verdict::kAsk, Verdict::kDeny};
  return index ? kVerdicts[*index] : fallback;
}

}  // namespace

std::unique_ptr<Guard> make_schema_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  const NodeId table = config.table;
  reader.check_keys(table, kSchemaKeys, "the configuration of `schema`");
  SchemaGuardOptions options;
  options.arguments = verdict_of(reader, table, "arguments", options.arguments);
  if (const auto results = reader.choice(table, "results", kWarnOrDeny)) {
    options.results = *results == 0 ? Verdict::kWarn : Verdict::kDeny;
  }
  if (const auto unsupported = reader.choice(table, "unsupported", kWarnOrDeny)) {
    options.unsupported = *unsupported == 0 ? Verdict::kWarn : Verdict::kDeny;
  }
  options.no_extra_arguments = reader.boolean(table, "no_extra_arguments").value_or(false);
  options.limits.steps =
      reader.number(table, "max_steps", {.least = kLeastSteps, .most = kMostSteps})
          .value_or(options.limits.steps);
  options.limits.regex = config.world.limits;
  options.max_cached = reader.number(table, "max_cached", {.least = 1, .most = kMostCached})
                           .value_or(options.max_cached);
  return std::make_unique<SchemaGuard>(options);
}

}  // namespace merlon
