// What merlon writes it reads back, and writes again byte for byte: locks and baselines.
#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "capability/lock.h"
#include "manifest/format.h"
#include "scan/baseline.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

std::vector<Manifest> manifests_of_all_formats() {
  std::vector<std::string> names;
  const fs::path root = fs::path(MERLON_SOURCE_DIR) / "testdata/manifests";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && extension != ".expect" && extension != ".err") {
      names.push_back(entry.path().lexically_relative(root).generic_string());
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<Manifest> out;
  for (const std::string& name : names) {
    LoadedFile loaded = load_manifests(
        SourceText::copy_of(name, test::read_repository_file("testdata/manifests/" + name)), {});
    std::move(loaded.manifests.begin(), loaded.manifests.end(), std::back_inserter(out));
  }
  return out;
}

std::vector<const Manifest*> pointers_to(const std::vector<Manifest>& manifests) {
  std::vector<const Manifest*> out;
  for (const Manifest& manifest : manifests) {
    out.push_back(&manifest);
  }
  return out;
}

std::string random_word(std::mt19937& random, std::string_view letters, std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    out.push_back(letters[random() % letters.size()]);
  }
  return out;
}

/// Findings with every kind of text that a baseline keeps; some fingerprints stand twice.
ScanReport random_report(std::mt19937& random) {
  ScanReport report;
  const std::size_t count = random() % 20;
  for (std::size_t i = 0; i < count; ++i) {
    Finding finding;
    finding.rule_id = "rule-" + random_word(random, "abc", 3);
    finding.fingerprint = random_word(random, "0123456789abcdef", 32);
    finding.where.file = "d/" + random_word(random, "ab \"\\.\n", 6) + std::to_string(i);
    finding.secret = random() % 5 == 0;
    report.findings.push_back(finding);
  }
  return report;
}

}  // namespace

TEST_CASE(
    "round trip: a lock of any manifest is read back, shows no drift, and is written the same") {
  const LockOptions options;
  std::size_t locked = 0;
  for (const Manifest& manifest : manifests_of_all_formats()) {
    CAPTURE(manifest.file());
    const std::vector<const Manifest*> one{&manifest};
    const auto text = lock_text(one, options, 7);
    if (!text) {
      continue;  // a definition without a canonical form; lock_test.cpp has those
    }
    const auto lock = load_lock(SourceText::copy_of("merlon.lock", *text), Limits{});
    REQUIRE(lock);
    CHECK(lock->version == 7);
    CHECK(compare_lock(*lock, one, options).empty());
    CHECK(next_lock_version(one, options, *lock) == 7);
    locked += lock->servers.size();
  }
  CHECK(locked > 30);
}

TEST_CASE("round trip: a lock does not depend on the order of the manifests") {
  std::vector<Manifest> manifests = manifests_of_all_formats();
  std::erase_if(manifests, [](const Manifest& manifest) {
    const std::vector<const Manifest*> one{&manifest};
    return !lock_text(one, LockOptions{}, 1);
  });
  std::vector<const Manifest*> order = pointers_to(manifests);
  const auto wanted = lock_text(order, LockOptions{}, 1);
  REQUIRE(wanted);
  std::mt19937 random(7);
  for (int run = 0; run < 5; ++run) {
    std::shuffle(order.begin(), order.end(), random);
    const auto got = lock_text(order, LockOptions{}, 1);
    REQUIRE(got);
    CHECK(*got == *wanted);
  }
}

TEST_CASE(
    "round trip: a baseline accepts what it was written from, and is written the same again") {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const Date today{year(2026), month(11), day(21)};
  std::mt19937 random(20261121);
  for (int run = 0; run < 200; ++run) {
    ScanReport report = random_report(random);
    const BaselineTerms terms{.owner = "ann \"a\"",
                              .reason = "seen; line\nbreak",
                              .expires = Date{year(2027), month(1), day(31)},
                              .today = today};
    const WrittenBaseline written = write_baseline(report, terms);
    const auto baseline =
        parse_baseline(SourceText::copy_of("baseline.json", written.text), Limits{});
    REQUIRE(baseline);
    CHECK(baseline->entries.size() == written.entries);
    apply_baseline(report, *baseline, today);
    CHECK(report.unused_baseline.empty());
    for (const Finding& finding : report.findings) {
      CHECK(finding.suppression.has_value() != finding.secret);
    }
    const BaselineTerms others{.owner = "bob",
                               .reason = "another",
                               .expires = Date{year(2028), month(1), day(31)},
                               .today = today,
                               .previous = &*baseline};
    CHECK(write_baseline(report, others).text == written.text);
  }
}

}  // namespace merlon
