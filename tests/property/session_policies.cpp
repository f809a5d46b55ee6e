// The policies of generated sessions: all stateful guards with thresholds that a short session
// reaches, some of them watching only, so that those behind them speak as well.
#include <array>
#include <string_view>

#include <doctest/doctest.h>

#include "manifest/format.h"
#include "policy/policy_loader.h"
#include "property/session_generator.h"
#include "support/guard_session.h"
#include "support/memory_files.h"

namespace merlon::test {
namespace {

struct GuardRow {
  std::string_view id;
  std::string_view type;
  std::string_view config;
};

constexpr std::array<GuardRow, 24> kGuardRows{{
    {"size", "message-size", "max_bytes = 20000\n"},
    {"list", "tool-list", ""},
    {"pins", "pinning", "changed = \"warn\"\nrisk_grew = \"deny\"\non_unpinned = \"warn\"\n"},
    {"poison", "tool-poisoning", ""},
    {"names", "shadowing", "protected = [\"bash\"]\n"},
    {"state", "state-protection", ""},
    {"tiers", "action-tier", "read = \"allow\"\nwrite = \"allow\"\n"},
    {"arguments", "arguments", "traversal = \"warn\"\nprivate_addresses = \"deny\"\n"},
    {"rates", "rate-limit",
     "[[guard.config.limit]]\nscope = \"session\"\nmax = 14\nwindow = 20\n"
     "[[guard.config.limit]]\nscope = \"tool\"\nmax = 4\nwindow = 20\n"
     "[[guard.config.limit]]\nscope = \"class\"\nmax = 5\nwindow = 20\n"
     "[[guard.config.limit]]\nscope = \"server\"\nmax = 12\nwindow = 20\n"},
    {"rates-who", "rate-limit",
     "[[guard.config.limit]]\nscope = \"user\"\nmax = 9\nwindow = 20\n"
     "[[guard.config.limit]]\nscope = \"tenant\"\nmax = 8\nwindow = 20\n"
     "[[guard.config.limit]]\nmethod = \"sampling/*\"\nmax = 1\nwindow = 30\n"},
    {"anomalies", "anomalies",
     "list_changes = \"warn\"\nmost_list_changes = 2\nmost_denials = 3\nmost_repeats = 4\n"
     "most_alternations = 3\nmost_errors = 3\ntool_spike_least = 3\nsize_factor = 3\n"
     "size_least_bytes = 300\nsize_least_calls = 3\ncool_down = 10\n"},
    {"scope-tools", "session-scope",
     "allow = [\"[a-f]*\", \"read_*\", \"send_*\", \"write_*\", \"s*\"]\n"},
    {"scope-calls", "session-scope", "until = {calls = 30}\n"},
    {"scope-time", "session-scope", "until = {minutes = 1}\n"},
    {"scope-quota", "session-scope", "max_reads = 5\nmax_changes = 6\n"},
    {"scope-places", "session-scope",
     "paths = {within = [\"/srv/project\"]}\nhosts = {allow = [\"docs.example.com\"]}\n"},
    {"secrets", "secrets", "action = \"redact\"\narguments = \"ask\"\n"},
    {"persons", "pii", "action = \"mask\"\n"},
    {"inject", "prompt-injection", "action = \"replace\"\n"},
    {"filter", "output-filter", "sources = \"all\"\naction = \"ask\"\nuninspected = \"warn\"\n"},
    {"filter-small", "output-filter", "action = \"warn\"\nmax_prints = 64\n"},
    {"two", "rule-of-two", ""},
    {"protocol", "protocol", "unknown_method = \"ask\"\n"},
    {"schema", "schema", "arguments = \"warn\"\nno_extra_arguments = true\n"},
}};

constexpr std::string_view kToolEntries = R"(
[[tool]]
tool = "read_secret"
capabilities = ["reads-private"]
[[tool]]
tool = "fetch_page"
capabilities = ["takes-untrusted"]
[[tool]]
tool = "send_mail"
capabilities = ["sends-out"]
[[tool.rate]]
max = 3
per_seconds = 15
[[tool]]
tool = "write_file"
[[tool.argument]]
name = "path"
type = "string"
paths = {within = ["/srv/project"], deny = ["/srv/project/.git"]}
[[tool]]
tool = "forbidden"
decision = "deny"
[[tool]]
tool = "debug_*"
hidden = true
[[tool]]
tool = "delete_*"
decision = "ask"
[rule_of_two]
on_violation = "ask"
single_tool = "ask"
[tenant.blue]
[[tenant.blue.tool]]
tool = "list_items"
decision = "warn"
)";

class PolicyTexts {
 public:
  explicit PolicyTexts(std::mt19937& random) : random_(random) {}

  /// team.toml extends base.toml; sometimes there is a system.toml.
  void write(bool watching, bool wants_tenant, MemoryFiles& out) {
    watching_ = watching;
    std::string base = "format = 1\nname = \"base\"\n";
    std::string team = "format = 1\nname = \"team\"\nversion = " + std::to_string(1 + below(9)) +
                       "\nextends = \"base.toml\"\n";
    team += below(12) == 0 ? "mode = \"shadow\"\n" : "";
    team += wants_tenant ? "tenant_required = true\n" : "";
    team +=
        "[defaults]\nunlisted_tool = \"" + std::string(below(3) == 0 ? "ask" : "allow") + "\"\n";
    // Compiling the families of this one takes most of the time of making a policy.
    const bool injection = below(2) == 0;
    for (const GuardRow& row : kGuardRows) {
      if (row.type == "prompt-injection" && !injection) {
        continue;
      }
      (below(2) == 0 ? base : team) += guard(row);
    }
    out.files["policies/base.toml"] = base;
    out.files["policies/team.toml"] = team + std::string(kToolEntries);
    if (below(3) == 0) {
      out.files["system.toml"] = "format = 1\nname = \"system\"\n" +
                                 guard(kGuardRows[below(kGuardRows.size())]) +
                                 "[[tool]]\ntool = \"debug_trace\"\ndecision = \"deny\"\n";
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string guard(const GuardRow& row) {
    std::string out = "[[guard]]\nid = \"" + std::string(row.id) + "\"\ntype = \"" +
                      std::string(row.type) + "\"\npriority = " + std::to_string(below(50)) + "\n";
    out += below(10) < (watching_ ? 9U : 3U) ? "shadow = true\n" : "";
    out += below(25) == 0 ? "enabled = false\n" : "";
    out += below(4) == 0 ? "on_error = \"ask\"\n" : "";
    if (!row.config.empty()) {
      // The limits are tables of their own and need the table before them.
      out += "[guard.config]\n" + std::string(row.config);
    }
    return out;
  }

  std::mt19937& random_;
  bool watching_{false};
};

std::string said(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) {
    out += render(error);
  }
  return out;
}

/// A lock of three of the tools that generated servers offer.
std::string pins_text() {
  const std::string text =
      R"({"server":"server","result":{"tools":[{"name":"read_secret","description":"Read a note.",)"
      R"("inputSchema":{"type":"object"}},{"name":"fetch_page","description":"Fetch a page.",)"
      R"("inputSchema":{"type":"object","properties":{"url":{"type":"string"}}}},)"
      R"({"name":"list_items","description":"List the items.","inputSchema":{"type":"object"}}]}})";
  const LoadedFile loaded = load_manifests(SourceText::copy_of("pins.json", text), {});
  REQUIRE(loaded.manifests.size() == 1);
  const std::vector<const Manifest*> manifests{&loaded.manifests.front()};
  auto bytes = lock_text(manifests, {}, 1);
  REQUIRE(bytes.has_value());
  return *bytes;
}

GeneratedEngines::Engine make_engine(std::mt19937& random, const std::string& tenant,
                                     bool wants_tenant) {
  PolicyTexts texts(random);
  MemoryFiles files;
  texts.write(random() % 5 < 2, wants_tenant, files);
  const RememberingFiles remembering(files);
  auto policy = load_policy(remembering, "policies/team.toml",
                            {.tenant = tenant, .system_path = "system.toml"});
  REQUIRE_MESSAGE(policy.has_value(), (policy ? std::string() : said(policy.error())));
  GeneratedEngines::Engine out;
  out.recorded.policy = record_policy(*policy, tenant, remembering);
  const GuardWorld world = GuardSession::built_in_world();
  out.recorded.rules_version = world.rules->info().version;
  out.recorded.rules_digest = world.rules->info().digest;
  if (random() % 3 != 0) {
    static const std::string kPins = pins_text();
    out.recorded.pins = kPins;
  }
  auto compiled = compile_recorded(out.recorded, world.rules, {});
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? std::string() : said(compiled.error())));
  out.policy = *compiled;
  return out;
}

}  // namespace

GeneratedEngines::GeneratedEngines(std::uint32_t seed, const std::string& tenant) {
  std::mt19937 random(seed);
  engines_.push_back(make_engine(random, tenant, false));
  engines_.push_back(make_engine(random, tenant, seed == 3));
}

}  // namespace merlon::test
