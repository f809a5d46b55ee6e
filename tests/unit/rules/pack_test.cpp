#include "rules/pack.h"

#include <cstring>
#include <random>

#include <doctest/doctest.h>

#include "rules/matcher.h"
#include "rules/pack_layout.h"

namespace merlon {
namespace {

Rule sample(std::string id) {
  Rule rule;
  rule.id = std::move(id);
  rule.title = "t";
  rule.message = "m {evidence}";
  rule.description = "d";
  rule.category = "c";
  rule.severity = Severity::kCritical;
  rule.tier = Tier::kSoft;
  rule.score = 7;
  rule.surfaces = surface_bit(Surface::kUrl);
  rule.any = {{.kind = MatcherKind::kPhrase,
               .text = "do not tell",
               .roles = role_bit(ClauseRole::kNegated)},
              {.kind = MatcherKind::kPattern,
               .text = "se(?:cret|nd)\\s+key",
               .views = view_bit(TextView::kRaw)}};
  rule.all = {{.kind = MatcherKind::kPhrase, .text = "user"}};
  rule.none = {{.kind = MatcherKind::kPhrase, .text = "example"}};
  rule.scope = RuleScope::kNear;
  rule.near_bytes = 99;
  rule.none_scope = RuleScope::kText;
  rule.secret = true;
  rule.taxonomies = {"CWE-20", "LLM01:2026"};
  rule.remedy = "r";
  rule.references = {"https://example.org"};
  rule.bad = {{.text = "bad text", .surface = Surface::kUrl}};
  rule.good = {{.text = "{}", .manifest = true, .file = "x.json"}};
  return rule;
}

// Bytes at an alignment of eight.
struct Aligned {
  explicit Aligned(std::string_view bytes) : words((bytes.size() + 7) / 8), size(bytes.size()) {
    if (!bytes.empty()) {
      std::memcpy(words.data(), bytes.data(), bytes.size());
    }
  }
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(words.data()), size};
  }
  std::vector<std::uint64_t> words;
  std::size_t size;
};

bool same(const std::vector<RuleMatcher>& a, const std::vector<RuleMatcher>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const RuleMatcher& x, const RuleMatcher& y) {
        return x.kind == y.kind && x.text == y.text && x.views == y.views && x.roles == y.roles;
      });
}

bool same(const std::vector<RuleExample>& a, const std::vector<RuleExample>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const RuleExample& x, const RuleExample& y) {
                      return x.text == y.text && x.surface == y.surface &&
                             x.manifest == y.manifest && x.file == y.file;
                    });
}

}  // namespace

TEST_CASE("pack: rules come back as they went in, sorted by id") {
  const Aligned bytes(build_pack({sample("zz"), sample("aa")}, "name", "1.2"));
  const auto pack = open_pack(bytes.view(), PackTrust::kForeign);
  REQUIRE(pack);
  CHECK(pack->name == "name");
  CHECK(pack->version == "1.2");
  const std::vector<Rule> rules = unpack_rules_with_examples(*pack);
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].id == "aa");
  const Rule want = sample("zz");
  const Rule& got = rules[1];
  CHECK(got.id == want.id);
  CHECK(got.title == want.title);
  CHECK(got.message == want.message);
  CHECK(got.description == want.description);
  CHECK(got.category == want.category);
  CHECK(got.severity == want.severity);
  CHECK(got.tier == want.tier);
  CHECK(got.score == want.score);
  CHECK(got.surfaces == want.surfaces);
  CHECK(same(got.any, want.any));
  CHECK(same(got.all, want.all));
  CHECK(same(got.none, want.none));
  CHECK(got.scope == want.scope);
  CHECK(got.near_bytes == want.near_bytes);
  CHECK(got.none_scope == want.none_scope);
  CHECK(got.secret == want.secret);
  CHECK(got.taxonomies == want.taxonomies);
  CHECK(got.remedy == want.remedy);
  CHECK(got.references == want.references);
  CHECK(same(got.bad, want.bad));
  CHECK(same(got.good, want.good));
  CHECK(got.enabled);
}

TEST_CASE("pack: equal rules give equal bytes, in any order") {
  CHECK(build_pack({sample("a"), sample("b")}, "n", "1") ==
        build_pack({sample("b"), sample("a")}, "n", "1"));
  CHECK(build_pack({sample("a")}, "n", "1") != build_pack({sample("a")}, "n", "2"));
}

TEST_CASE("pack: what is no pack of this format is refused with the reason") {
  const std::string good = build_pack({sample("a")}, "n", "1");
  const auto message = [](std::string bytes) {
    const Aligned aligned(bytes);
    const auto pack = open_pack(aligned.view(), PackTrust::kForeign);
    return pack ? std::string("opened") : pack.error().message;
  };
  CHECK(message(good) == "opened");
  CHECK(message("") == "rule pack is damaged: too short");
  CHECK(message("x" + good.substr(1)) == "not a rule pack");
  std::string newer = good;
  newer[offsetof(PackHead, format)] = 9;
  CHECK(message(newer) == "rule pack has format 9, this merlon reads 1");
  CHECK(message(good.substr(0, good.size() - 8)) == "rule pack is damaged: wrong size");
  std::string flipped = good;
  flipped[good.size() / 2] = static_cast<char>(flipped[good.size() / 2] ^ 1);
  CHECK(message(flipped) == "rule pack is damaged: the digest differs");
}

TEST_CASE("pack: any damage is refused or harmless, never a bad read") {
  // The digest is not checked here, so that every other check has to hold. Run under
  // AddressSanitizer in CI.
  const std::string good = build_pack({sample("a"), sample("b")}, "n", "1");
  std::mt19937 random(7);
  std::size_t opened = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(random());
    const Aligned aligned(bytes);
    const auto rules = CompiledRules::open(aligned.view());
    if (!rules) {
      continue;
    }
    ++opened;
    RuleMatcherState state(**rules, Limits{});
    std::vector<RuleHit> hits;
    state.match(Surface::kUrl, "Do not tell the user the secret  key.", hits);
    (void)(*rules)->rules();
    (void)(*rules)->find("a");
  }
  CHECK(opened > 0);
}

TEST_CASE("pack: the embedded one opens with a right digest") {
  const auto pack = open_pack(embedded_pack(), PackTrust::kForeign);
  REQUIRE(pack);
  CHECK(pack->name == "merlon");
  CHECK(pack->rules.size() >= 60);
}

}  // namespace merlon
