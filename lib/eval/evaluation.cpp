#include "eval/evaluation.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_writer.h"
#include "scan/scanner.h"

namespace merlon {
namespace {

constexpr std::string_view kScore = "suspicious-definition";  // soft signals that add up

/// Types of payloads that ask for harm to someone; the others are questions, games with words and
/// tips.
constexpr std::array<std::string_view, 5> kHarmfulTypes{
    "Clickbait", "Disruptive Attack", "Malware Distribution", "Persuasion", "Stealthy Attack"};

enum class CaseKind : std::uint8_t { kBenignTool, kAttackTool, kBenignText, kAttackText };

/// Something to scan.
struct Case {
  CaseKind kind{CaseKind::kBenignTool};
  CorpusPlace place;
  std::optional<std::string> description;  ///< instead of the tool's own
  std::vector<std::string> rows;           ///< rows of attacks or texts that it counts in
  std::optional<std::size_t> twin;         ///< the case of the untouched tool
};

struct Outcome {
  bool flagged{false};
  bool hard{false};  ///< by a rule that is enough alone
  std::vector<std::string> rules;
  std::vector<std::string> seen;  ///< every rule with a finding or signal, whatever its severity
};

bool is_attack(CaseKind kind) {
  return kind == CaseKind::kAttackTool || kind == CaseKind::kAttackText;
}

bool wanted(CorpusHalf half, HalfChoice choice) {
  switch (choice) {
    case HalfChoice::kA: return half == CorpusHalf::kA;
    case HalfChoice::kB: return half == CorpusHalf::kB;
    case HalfChoice::kAll: return true;
  }
  return false;
}

std::string tool_manifest(const Document& document, NodeId tool,
                          const std::optional<std::string>& description) {
  JsonWriter writer;
  writer.begin_object().key("tools").begin_array();
  if (!description) {
    writer.raw(document.raw(tool));
  } else {
    writer.begin_object();
    for (const auto& [key, value] : document.members(tool)) {
      const std::string name = document.text(key);
      if (name != "description") {
        writer.key(name).raw(document.raw(value));
      }
    }
    writer.field("description", *description).end_object();
  }
  writer.end_array().end_object();
  return std::move(writer).take();
}

/// A text without a tool stands in the description of a prompt.
std::string text_manifest(const Document& document, NodeId row) {
  const std::string text = document.string_or(document.find(row, "text"), "");
  JsonWriter writer;
  writer.begin_object().key("prompts").begin_array().begin_object();
  writer.field("name", "text").field("description", text);
  writer.end_object().end_array().end_object();
  return std::move(writer).take();
}

class CaseBuilder {
 public:
  CaseBuilder(const Corpus& corpus, const EvalSettings& settings)
      : corpus_(corpus), settings_(settings) {}

  std::vector<Case> build() {
    for (const BenignTool& tool : corpus_.benign) {
      if (wanted(tool.half, settings_.half)) {
        carriers_.push_back(&tool);
        cases_.push_back({.kind = CaseKind::kBenignTool, .place = tool.place});
      }
    }
    for (const PoisonedTool& tool : corpus_.poisoned) {
      if (wanted(tool.half, settings_.half)) {
        add_poisoned(tool);
      }
    }
    for (const Payload& payload : corpus_.payloads) {
      if (wanted(payload.half, settings_.half)) {
        add_built(payload);
      }
    }
    for (const LabelledText& text : corpus_.texts) {
      if (wanted(text.half, settings_.half)) {
        add_text(text);
      }
    }
    return std::move(cases_);
  }

 private:
  [[nodiscard]] std::string description_of(const CorpusPlace& tool) const {
    const Document& document = corpus_.document(tool);
    return document.string_or(document.find(tool.node, "description"), "");
  }

  void add_poisoned(const PoisonedTool& tool) {
    Case poisoned{.kind = CaseKind::kAttackTool, .place = tool.tool};
    poisoned.rows = {"poisoned", "wrapper:" + tool.wrapper, "language:" + tool.language};
    if (tool.wrapper == "appended" || tool.wrapper == "plain") {
      const bool harmful =
          std::find(kHarmfulTypes.begin(), kHarmfulTypes.end(), tool.type) != kHarmfulTypes.end();
      poisoned.rows.push_back(harmful ? "appended:harmful" : "appended:harmless");
      poisoned.rows.push_back("type:" + tool.type);
    }
    if (tool.twin.node != kNoNode) {
      poisoned.twin = cases_.size() + 1;
      cases_.push_back(std::move(poisoned));
      cases_.push_back({.kind = CaseKind::kBenignTool, .place = tool.twin, .rows = {"twin"}});
    } else {
      cases_.push_back(std::move(poisoned));
    }
    if (settings_.strip_wrapper && can_strip(tool.wrapper)) {
      cases_.push_back({.kind = CaseKind::kAttackTool,
                        .place = tool.tool,
                        .description = without_wrapper(description_of(tool.tool), tool.wrapper),
                        .rows = {"stripped:" + tool.wrapper}});
    }
  }

  void add_built(const Payload& payload) {
    if (carriers_.empty()) {
      return;
    }
    for (const WrapperKind* wrapper : settings_.wrappers) {
      const Sha256 digest = sha256(std::string(wrapper->name) + "\n" + payload.text);
      const BenignTool& carrier = *carriers_[number(digest, 0) % carriers_.size()];
      const BenignTool& other = *carriers_[number(digest, 4) % carriers_.size()];
      const Document& document = corpus_.document(other.place);
      const std::string name = document.string_or(document.find(other.place.node, "name"), "other");
      cases_.push_back(
          {.kind = CaseKind::kAttackTool,
           .place = carrier.place,
           .description = wrapper->wrap(description_of(carrier.place), payload.text, name),
           .rows = {"built:" + std::string(wrapper->name)}});
    }
  }

  void add_text(const LabelledText& text) {
    const std::string suffix = text.attack ? "" : "-benign";
    Case out{.kind = text.attack ? CaseKind::kAttackText : CaseKind::kBenignText,
             .place = text.place};
    out.rows = {"texts" + suffix, "texts" + suffix + ":" + text.language};
    if (text.attack && !text.category.empty()) {
      out.rows.push_back("category:" + text.category);
    }
    cases_.push_back(std::move(out));
  }

  static std::size_t number(const Sha256& digest, std::size_t at) {
    return (std::size_t{digest[at]} << 24U) | (std::size_t{digest[at + 1]} << 16U) |
           (std::size_t{digest[at + 2]} << 8U) | digest[at + 3];
  }

  const Corpus& corpus_;
  const EvalSettings& settings_;
  std::vector<Case> cases_;
  std::vector<const BenignTool*> carriers_;
};

class Runner {
 public:
  Runner(const Corpus& corpus, const EvalSettings& settings,
         std::shared_ptr<const CompiledRules> rules)
      : corpus_(corpus), settings_(settings), rules_(std::move(rules)) {}

  /// By index, whichever thread made them.
  [[nodiscard]] std::vector<Outcome> run(const std::vector<Case>& cases) const {
    std::vector<Outcome> out(cases.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t at = next++; at < cases.size(); at = next++) {
        out[at] = run_one(cases[at]);
      }
    };
    const unsigned wanted_threads =
        settings_.jobs != 0 ? settings_.jobs : std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> pool;
    for (unsigned i = 1; i < std::min(wanted_threads, 256U); ++i) {
      pool.emplace_back(work);
    }
    work();
    pool.clear();  // joins
    return out;
  }

 private:
  [[nodiscard]] Outcome run_one(const Case& one) const {
    const Document& document = corpus_.document(one.place);
    const bool text = one.kind == CaseKind::kBenignText || one.kind == CaseKind::kAttackText;
    ScanInputs inputs;
    add_source(inputs,
               SourceText::copy_of(
                   "case.json", text ? text_manifest(document, one.place.node)
                                     : tool_manifest(document, one.place.node, one.description)));
    ScanSettings scan_settings;
    scan_settings.limits = settings_.limits;
    scan_settings.jobs = 1;
    Outcome out;
    const ScanReport report = scan(std::move(inputs), scan_settings, rules_);
    for (const Finding& finding : report.findings) {
      const bool fails = finding.tier == Tier::kHard && !finding.suppression &&
                         finding.severity >= settings_.fail_on;
      out.seen.push_back(finding.rule_id);
      for (const ScoreSignal& signal : finding.signals) {
        out.seen.push_back(signal.rule_id);
      }
      out.flagged = out.flagged || fails;
      out.hard = out.hard || (fails && finding.rule_id != kScore);
      if (fails) {
        out.rules.push_back(finding.rule_id);
      }
      if (fails && finding.rule_id == kScore) {
        for (const ScoreSignal& signal : finding.signals) {
          out.rules.push_back(signal.rule_id);
        }
      }
    }
    for (std::vector<std::string>* const list : {&out.rules, &out.seen}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return out;
  }

  const Corpus& corpus_;
  const EvalSettings& settings_;
  std::shared_ptr<const CompiledRules> rules_;
};

class Tally {
 public:
  Tally(const Corpus& corpus, EvalReport& report) : corpus_(corpus), report_(report) {}

  void add(const std::vector<Case>& cases, const std::vector<Outcome>& outcomes) {
    for (std::size_t at = 0; at < cases.size(); ++at) {
      add_case(cases[at], outcomes[at]);
      for (const std::string& rule : outcomes[at].seen) {
        ++report_.coverage[rule];
      }
      if (const auto& twin = cases[at].twin) {
        const bool told_apart = outcomes[at].flagged && !outcomes[*twin].flagged;
        count("pairs", RowKind::kCaught, told_apart);
      }
    }
    report_.precision =
        flagged_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(flagged_);
    for (auto& [id, row] : rows_) {
      report_.rows.push_back(std::move(row));
    }
  }

 private:
  void add_case(const Case& one, const Outcome& outcome) {
    const RowKind kind = is_attack(one.kind) ? RowKind::kCaught : RowKind::kAlarm;
    for (const std::string& id : one.rows) {
      count(id, kind, outcome.flagged);
    }
    if (one.rows == std::vector<std::string>{"twin"}) {
      return;
    }  // stands among the benign tools already
    if (one.kind == CaseKind::kBenignTool) {
      count("benign", kind, outcome.flagged);
      count("benign:hard", kind, outcome.hard);
    }
    flagged_ += outcome.flagged ? 1U : 0U;
    right_ += outcome.flagged && is_attack(one.kind) ? 1U : 0U;
    if (outcome.flagged == is_attack(one.kind)) {
      return;
    }
    report_.misses.push_back(
        {.place = corpus_.name_of(one.place), .row = row_of(one), .rules = outcome.rules});
    if (is_attack(one.kind)) {
      return;
    }
    for (const std::string& rule : outcome.rules) {
      AlarmCount& alarms = report_.alarms[rule];
      (one.kind == CaseKind::kBenignTool ? alarms.tools : alarms.texts) += 1;
    }
  }

  /// The row that says most about a case.
  static std::string row_of(const Case& one) {
    if (one.rows.empty()) {
      return "benign";
    }
    return one.rows.front() == "poisoned" ? one.rows[1] : one.rows.front();
  }

  void count(const std::string& id, RowKind kind, bool hit) {
    EvalRow& row = rows_[id];
    row.id = id;
    row.kind = kind;
    row.hits += hit ? 1U : 0U;
    ++row.cases;
  }

  const Corpus& corpus_;
  EvalReport& report_;
  std::map<std::string, EvalRow> rows_;
  std::uint64_t flagged_{0};
  std::uint64_t right_{0};
};

std::string_view to_string(HalfChoice half) {
  switch (half) {
    case HalfChoice::kA: return "A";
    case HalfChoice::kB: return "B";
    case HalfChoice::kAll: return "all";
  }
  return "";
}

}  // namespace

const EvalRow* EvalReport::find(std::string_view id) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const EvalRow& row) { return row.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

EvalReport evaluate(const Corpus& corpus, const EvalSettings& settings,
                    const std::shared_ptr<const CompiledRules>& rules) {
  EvalReport report;
  report.pack = rules->info();
  report.half = to_string(settings.half);
  report.benign_rows = corpus.benign_rows;
  for (const Rule& rule : rules->rules()) {
    if (rule.enabled) {
      report.coverage[rule.id] = 0;
    }
  }
  const std::vector<Case> cases = CaseBuilder(corpus, settings).build();
  Tally(corpus, report).add(cases, Runner(corpus, settings, rules).run(cases));
  return report;
}

}  // namespace merlon
