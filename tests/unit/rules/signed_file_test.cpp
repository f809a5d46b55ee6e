#include "rules/signed_file.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "rules/package_list_file.h"
#include "rules/rule_pack_file.h"
#include "rules/seen_versions.h"
#include "support/memory_files.h"
#include "unit/rules/check_fixture.h"

namespace merlon::test {
namespace {

constexpr std::string_view kSignedRule = R"(format = 1
id = "asks-for-wallet"
title = "Asks for the seed of a wallet"
severity = "high"
tier = "hard"
surfaces = ["description"]
taxonomies = ["OWASP-MCP03:2025"]
description = "A seed is all that is needed to spend."
remedy = "Leave it out."

[match]
any = [{ phrase = "seed phrase of your wallet" }]

[[bad]]
surface = "tool-description"
text = "Needs the seed phrase of your wallet."

[[good]]
surface = "tool-description"
text = "Shows the balance of a wallet."
)";

Date day(std::string_view text) {
  return parse_date(text).value();
}

RulePackFile acme(std::uint64_t version) {
  return {.head = {.name = "acme",
                   .version = version,
                   .minimum_engine = "0.1.0",
                   .created = day("2026-01-01"),
                   .expires = day("2026-12-31")},
          .built_in = BuiltInRules::kKeep,
          .files = {{.path = "custom/asks-for-wallet.toml", .text = std::string(kSignedRule)}}};
}

SigningKey signer(std::string_view name, char seed) {
  return make_signing_key(name, Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

std::shared_ptr<const SourceText> sign(std::string payload, SignedFileKind kind,
                                       const std::vector<const SigningKey*>& keys) {
  DsseEnvelope envelope{.payload_type = std::string(signed_file_type(kind).payload_type),
                        .payload = std::move(payload),
                        .signatures = {}};
  for (const SigningKey* key : keys) {
    REQUIRE(sign_dsse(envelope, *key).has_value());
  }
  return SourceText::copy_of("acme.pack", to_string(envelope));
}

struct Terms {
  std::vector<VerifierKey> trusted;
  std::string_view today{"2026-06-01"};
  std::string_view engine{"0.1.0"};
  std::uint64_t floor{0};
};

Result<SignedFileVerdict> verify(const std::shared_ptr<const SourceText>& source,
                                 const Terms& terms,
                                 SignedFileKind kind = SignedFileKind::kRulePack) {
  return verify_signed_file(source, kind,
                            {.trusted = terms.trusted,
                             .today = day(terms.today),
                             .engine = terms.engine,
                             .floor = [&](const SignedHead&) { return terms.floor; }},
                            Limits{});
}

/// The first step that failed, or `verified`.
std::string answer(const std::shared_ptr<const SourceText>& source, const Terms& terms) {
  const auto verdict = verify(source, terms);
  if (!verdict) {
    return "error: " + verdict.error().message;
  }
  for (const VerificationStep& step : verdict->steps) {
    if (!step.ok) {
      CHECK_FALSE(verdict->file.has_value());
      return step.name + ": " + step.text;
    }
  }
  CHECK(verdict->file.has_value());
  return "verified";
}

}  // namespace

TEST_CASE("signed pack: what was built is what is read, and the rules in it work") {
  const SigningKey key = signer("acme.example/rules", 'a');
  const auto verdict = verify(sign(rule_pack_text(acme(7)), SignedFileKind::kRulePack, {&key}),
                              {.trusted = {key.verifier}});
  REQUIRE(verdict.has_value());
  REQUIRE(verdict->file.has_value());
  CHECK(verdict->steps.size() == 4);
  CHECK(verdict->file->keys == std::vector{short_key(key.verifier)});
  const auto pack = read_rule_pack(verdict->file->payload);
  REQUIRE(pack.has_value());
  CHECK(*pack == acme(7));
  const auto rules = load_pack_rules(*pack, Limits{});
  REQUIRE(rules.has_value());
  REQUIRE(rules->size() == 1);
  CHECK(rules->front().id == "asks-for-wallet");
  CHECK(rules->front().category == "custom");
}

TEST_CASE("signed files made with OpenSSL's command line and Python verify") {
  const auto keys = parse_verifier_keys(read_repository_file("testdata/signed/key.pub"), "key.pub");
  REQUIRE(keys.has_value());
  for (const auto& [stem, kind] : {std::pair{"rule-pack", SignedFileKind::kRulePack},
                                   std::pair{"package-list", SignedFileKind::kPackageList}}) {
    CAPTURE(stem);
    const std::string base = std::string("testdata/signed/") + stem;
    const auto source = SourceText::copy_of(base, read_repository_file(base + ".signed.json"));
    const auto verdict = verify(source, {.trusted = *keys, .today = "2026-12-01"}, kind);
    REQUIRE(verdict.has_value());
    REQUIRE(verdict->file.has_value());
    CHECK(verdict->file->payload.document.source().bytes() == read_repository_file(base + ".json"));
    if (kind == SignedFileKind::kRulePack) {
      CHECK(load_pack_rules(read_rule_pack(verdict->file->payload).value(), Limits{}).has_value());
    } else {
      CHECK(read_package_list(verdict->file->payload).value().packages.size() == 1);
    }
  }
}

TEST_CASE("signed pack attacks: unsigned, changed, another's key, another purpose") {
  const SigningKey key = signer("acme.example/rules", 'a');
  const SigningKey thief = signer("acme.example/rules", 'b');
  const Terms terms{.trusted = {key.verifier}};
  const std::string payload = rule_pack_text(acme(7));
  CHECK(answer(SourceText::copy_of("p", payload), terms) ==
        "signature: the rule pack is not signed");
  CHECK(answer(sign(payload, SignedFileKind::kRulePack, {&thief}), terms) ==
        "signature: no trusted key signed it; it names " + short_key(thief.verifier));
  CHECK(answer(sign(payload, SignedFileKind::kPackageList, {&key}), terms) ==
        "signature: what is signed is no rule pack");

  const auto good = sign(payload, SignedFileKind::kRulePack, {&key});
  CHECK(answer(good, terms) == "verified");
  DsseEnvelope changed = parse_dsse(good, Limits{}).value();
  changed.payload[changed.payload.find("high")] = 'l';
  CHECK(answer(SourceText::copy_of("p", to_string(changed)), terms) ==
        "signature: the signature of a trusted key does not fit: the file was changed");
  // The thief puts our key's id beside a signature of his own.
  DsseEnvelope claimed =
      parse_dsse(sign(payload, SignedFileKind::kRulePack, {&thief}), Limits{}).value();
  claimed.signatures[0].key_id = short_key(key.verifier);
  CHECK(answer(SourceText::copy_of("p", to_string(claimed)), terms) ==
        "signature: the signature of a trusted key does not fit: the file was changed");
  CHECK(answer(good, {.trusted = {}}) ==
        "signature: no trusted key signed it; it names " + short_key(key.verifier));
}

TEST_CASE("signed pack: nothing of the payload is read before the signature holds") {
  const SigningKey key = signer("acme.example/rules", 'a');
  const SigningKey thief = signer("thief", 'b');
  const auto nonsense = sign("{ not json", SignedFileKind::kRulePack, {&thief});
  CHECK(answer(nonsense, {.trusted = {key.verifier}}) ==
        "signature: no trusted key signed it; it names " + short_key(thief.verifier));
  const auto verdict = verify(nonsense, {.trusted = {thief.verifier}});
  REQUIRE_FALSE(verdict.has_value());
  CHECK(verdict.error().code == ErrorCode::kSyntax);
}

TEST_CASE("signed pack: the last day counts, the day after does not") {
  const SigningKey key = signer("acme.example/rules", 'a');
  const auto pack = sign(rule_pack_text(acme(7)), SignedFileKind::kRulePack, {&key});
  CHECK(answer(pack, {.trusted = {key.verifier}, .today = "2026-12-31"}) == "verified");
  CHECK(answer(pack, {.trusted = {key.verifier}, .today = "2027-01-01"}) ==
        "expiry: expired on 2026-12-31");
}

TEST_CASE("signed pack: an engine that is too old does not use it") {
  const SigningKey key = signer("acme.example/rules", 'a');
  RulePackFile pack = acme(7);
  pack.head.minimum_engine = "0.10.0";
  const auto file = sign(rule_pack_text(pack), SignedFileKind::kRulePack, {&key});
  CHECK(answer(file, {.trusted = {key.verifier}, .engine = "0.9.9"}) ==
        "engine: needs merlon 0.10.0 or newer; this is 0.9.9");
  CHECK(answer(file, {.trusted = {key.verifier}, .engine = "0.10.0"}) == "verified");
  CHECK(engine_suffices("1.0.0", "0.99.99"));
  CHECK_FALSE(engine_suffices("1.0", "0.1.0"));
  CHECK_FALSE(engine_suffices("1.0.0-rc1", "0.1.0"));
}

TEST_CASE("signed pack: a version below the highest seen is a rollback") {
  const SigningKey key = signer("acme.example/rules", 'a');
  const auto pack = sign(rule_pack_text(acme(7)), SignedFileKind::kRulePack, {&key});
  CHECK(answer(pack, {.trusted = {key.verifier}, .floor = 7}) == "verified");
  CHECK(answer(pack, {.trusted = {key.verifier}, .floor = 8}) ==
        "version: version 7 is older than version 8, which was used before");
}

TEST_CASE("signed pack: one trusted signature of several suffices") {
  const SigningKey one = signer("one", 'a');
  const SigningKey two = signer("two", 'b');
  const auto pack = sign(rule_pack_text(acme(7)), SignedFileKind::kRulePack, {&one, &two});
  CHECK(answer(pack, {.trusted = {two.verifier}}) == "verified");
  const auto both = verify(pack, {.trusted = {one.verifier, two.verifier}});
  REQUIRE(both.has_value());
  CHECK(both->steps.front().text ==
        "signed by " + short_key(one.verifier) + ", " + short_key(two.verifier));
}

TEST_CASE("signed payload: other shapes are refused, though they are signed") {
  const auto said = [](std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    const auto payload = parse_signed_payload(text, "p", Limits{});
    if (!payload) {
      return payload.error().message;
    }
    const auto pack = read_rule_pack(*payload);
    return pack ? std::string("read") : pack.error().message;
  };
  const std::string text = rule_pack_text(acme(7));
  CHECK(said(text, "\"version\": 7", "\"version\": 0") ==
        "`version` must be a whole number from 1");
  CHECK(said(text, "\"version\": 7", "\"version\": 7.5") ==
        "`version` must be a whole number from 1");
  CHECK(said(text, "\"version\": 7", "\"version\": 7, \"version\": 8") == "a member stands twice");
  CHECK(said(text, "\"merlon_rule_pack\": 1", "\"merlon_rule_pack\": 2") ==
        "format 2 of a rule pack is not known; this program reads format 1");
  CHECK(said(text, "merlon_rule_pack", "merlon_rule_pakc") ==
        "this is no signed file of a known kind");
  CHECK(said(text, "\"acme\"", "\"Acme!\"") ==
        "`name` must be lower-case words with `-`, `.` and `/`");
  CHECK(said(text, "2026-12-31", "2026-12-32") == "`expires` must be a date, YYYY-MM-DD");
  CHECK(said(text, "2026-12-31", "2025-12-31") == "`expires` lies before `created`");
  CHECK(said(text, "\"0.1.0\"", "\"new\"") == "`minimum_engine` must be MAJOR.MINOR.PATCH");
  CHECK(said(text, "\"keep\"", "\"maybe\"") == "`built_in` must be `keep` or `replace`");
  CHECK(said(text, "\"built_in\"", "\"compiled\": \"AAAA\", \"built_in\"") ==
        "unknown member `compiled`");
  for (const std::string_view path :
       {"../x.toml", "a/../x.toml", "/x.toml", "a/b/c.toml", "x.bin", "a/.toml", "A/x.toml"}) {
    CAPTURE(path);
    CHECK(said(text, "custom/asks-for-wallet.toml", path) == "`path` must be `category/id.toml`");
  }
}

TEST_CASE("signed pack: a bad rule in it is reported with the pack's name and the place") {
  RulePackFile pack = acme(7);
  pack.files[0].text.replace(pack.files[0].text.find("\"high\""), 6, "\"awful\"");
  const auto rules = load_pack_rules(pack, Limits{});
  REQUIRE_FALSE(rules.has_value());
  CHECK(rules.error().front().where.file == "acme:custom/asks-for-wallet.toml");
  CHECK(rules.error().front().where.line == 4);
}

TEST_CASE("rule pack: a folder is collected in the order of its paths, without pack.toml") {
  MemoryFiles files;
  files.files = {{"rules/pack.toml", "x"},
                 {"rules/b/two.toml", "2"},
                 {"rules/a/one.toml", "1"},
                 {"rules/data/list.csv", "no rule"}};
  const auto found = collect_pack_files(files, "rules", Limits{});
  REQUIRE(found.has_value());
  CHECK(*found == std::vector<PackFile>{{"a/one.toml", "1"}, {"b/two.toml", "2"}});
}

TEST_CASE("seen versions: they rise, are kept per key, and survive a round trip") {
  const SigningKey one = signer("one", 'a');
  const SigningKey two = signer("two", 'b');
  const std::vector both{one.verifier, two.verifier};
  const std::vector first{short_key(one.verifier)};
  SeenVersions seen;
  const auto kind = SignedFileKind::kRulePack;
  CHECK(seen.highest(kind, "acme", both) == 0);
  CHECK(seen.record(kind, acme(7).head, both, first, Rollback::kRefused));
  CHECK_FALSE(seen.record(kind, acme(7).head, both, first, Rollback::kRefused));
  CHECK_FALSE(seen.record(kind, acme(5).head, both, first, Rollback::kRefused));
  CHECK(seen.highest(kind, "acme", both) == 7);
  CHECK(seen.highest(kind, "acme", std::vector{two.verifier}) == 0);
  CHECK(seen.highest(kind, "other", both) == 0);
  CHECK(seen.highest(SignedFileKind::kPackageList, "acme", both) == 0);

  auto again = parse_seen_versions(SourceText::copy_of("v", seen.text()), Limits{});
  REQUIRE(again.has_value());
  CHECK(again->text() == seen.text());
  // Going back on purpose is remembered: what was too old is not any more.
  CHECK(again->record(kind, acme(5).head, both, first, Rollback::kAllowed));
  CHECK(again->highest(kind, "acme", both) == 5);
}

TEST_CASE("seen versions: a memory that cannot be read is an error, not an empty memory") {
  for (
      const std::string_view text :
      {"", "{}", "[]", R"({"merlon_versions":2,"seen":[]})", R"({"merlon_versions":1})",
       R"({"merlon_versions":1,"seen":[{"kind":"rule pack","name":"a","version":1}]})",
       R"({"merlon_versions":1,"seen":[{"kind":"rule pack","name":"a","key":"k","version":-1}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(
        parse_seen_versions(SourceText::copy_of("v", std::string(text)), Limits{}).has_value());
  }
}

namespace {

std::string package_list(std::string_view entry) {
  return R"({"merlon_package_list":1,"name":"acme","version":1,"minimum_engine":"0.1.0",)"
         R"("created":"2026-01-01","expires":"2026-12-31","packages":[)" +
         std::string(entry) + "]}";
}

constexpr std::string_view kBadMail =
    R"({"kind":"malicious","source":"npm","name":"bad-mail-mcp","from":"2.1.0","fixed":"2.3.0",)"
    R"("reference":"a report","date":"2026-03-01"})";

Result<PackageListFile> list_of(std::string_view entry) {
  auto payload = parse_signed_payload(package_list(entry), "l", Limits{});
  REQUIRE(payload.has_value());
  return read_package_list(*payload);
}

class Reports final : public CheckSink {
 public:
  std::vector<std::string> seen;
  void report(CheckHit hit) override { seen.push_back(hit.rule_id + ": " + hit.message); }
};

std::vector<std::string> judge(const PackageListFile& list, std::string_view launch) {
  const Manifest manifest = manifest_of(R"({"mcpServers":{"s":{)" + std::string(launch) + "}}}");
  const std::vector<const Manifest*> manifests{&manifest};
  const Limits limits;
  Reports reports;
  check_listed_packages({.manifests = manifests, .limits = limits}, reports, list.facts());
  return reports.seen;
}

}  // namespace

TEST_CASE("package list: its entries are found in launches, by version") {
  const auto list = list_of(kBadMail);
  REQUIRE(list.has_value());
  using Seen = std::vector<std::string>;
  CHECK(judge(*list, R"("command":"npx","args":["-y","bad-mail-mcp@2.2.9"])") ==
        Seen{"package-malicious: `bad-mail-mcp@2.2.9` is known to be malicious: a report "
             "(2026-03-01)"});
  CHECK(judge(*list, R"("command":"npx","args":["-y","bad-mail-mcp@2.3.0"])").empty());
  CHECK(judge(*list, R"("command":"uvx","args":["bad-mail-mcp@2.2.9"])").empty());
  CHECK(judge(*list, R"("command":"npx","args":["-y","other-mcp@2.2.9"])").empty());
}

TEST_CASE("package list: images are found too, and Python names by any spelling") {
  const auto image = list_of(
      R"({"kind":"malicious","source":"image","name":"evil/mcp","reference":"r","date":"2026-03-01"})");
  REQUIRE(image.has_value());
  CHECK(judge(*image, R"("command":"docker","args":["run","-i","--rm","evil/mcp:1"])").size() == 1);
  const auto python = list_of(
      R"({"kind":"vulnerable","source":"pypi","name":"bad_mcp","fixed":"2.0","reference":"r","date":"2026-03-01"})");
  REQUIRE(python.has_value());
  CHECK(judge(*python, R"("command":"uvx","args":["Bad.MCP==1.9"])").size() == 1);
}

TEST_CASE("package list: what the built-in list says is not said twice") {
  const auto list = list_of(
      R"({"kind":"malicious","source":"npm","name":"postmark-mcp","reference":"r","date":"2026-03-01"})");
  REQUIRE(list.has_value());
  CHECK(judge(*list, R"("command":"npx","args":["postmark-mcp@1.0.16"])").empty());
  CHECK(judge(*list, R"("command":"npx","args":["postmark-mcp@1.0.3"])").size() == 1);
}

TEST_CASE("package list: other shapes are refused with their reason") {
  const auto said = [](std::string_view from, std::string_view to) {
    std::string entry(kBadMail);
    entry.replace(entry.find(from), from.size(), to);
    const auto list = list_of(entry);
    return list ? std::string("read") : list.error().message;
  };
  CHECK(said("\"malicious\"", "\"rude\"") == "`kind` must be one of malicious, vulnerable");
  CHECK(said("\"npm\"", "\"gem\"") == "`source` must be one of npm, pypi, image");
  CHECK(said("2.1.0", "^2.1") == "`from` must be a version of numbers with dots");
  CHECK(said("a report", " ") == "`reference` is missing");
  CHECK(said("2026-03-01", "March") == "`date` must be YYYY-MM-DD");
  CHECK(said("\"date\"", "\"when\"") == "unknown member `when`");
}

}  // namespace merlon::test
