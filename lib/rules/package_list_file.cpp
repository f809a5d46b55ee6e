#include "rules/package_list_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostListed = 100'000;

template <class T>
struct ListedWord {
  std::string_view word;
  T value;
};
constexpr std::array kListedKinds{
    ListedWord<PackageKind>{"malicious", PackageKind::kMalicious},
    ListedWord<PackageKind>{"vulnerable", PackageKind::kVulnerable},
};
constexpr std::array kListedSources{
    ListedWord<PackageSource>{"npm", PackageSource::kNpm},
    ListedWord<PackageSource>{"pypi", PackageSource::kPypi},
    ListedWord<PackageSource>{"image", PackageSource::kImage},
};

std::unexpected<Error> bad_list(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

template <class T, std::size_t N>
Result<T> listed_word(const Document& document, NodeId entry, std::string_view member,
                      const std::array<ListedWord<T>, N>& words) {
  const auto node = document.find(entry, member, NodeKind::kString);
  const std::string text = document.string_or(node, "");
  std::string choices;
  for (const ListedWord<T>& word : words) {
    if (word.word == text) {
      return word.value;
    }
    choices.append(choices.empty() ? "" : ", ").append(word.word);
  }
  return bad_list(document, node.value_or(entry),
                  "`" + std::string(member) + "` must be one of " + choices);
}

Result<std::string> listed_version(const Document& document, NodeId entry,
                                   std::string_view member) {
  const auto node = document.find(entry, member);
  if (!node) {
    return std::string();
  }
  std::string text = document.string_or(node, "");
  const auto parts = split(text, '.');
  const bool numbers = std::ranges::all_of(
      parts, [](std::string_view part) { return parse_unsigned(part).has_value(); });
  if (!document.is(*node, NodeKind::kString) || !numbers) {
    return bad_list(document, *node,
                    "`" + std::string(member) + "` must be a version of numbers with dots");
  }
  return text;
}

Result<std::string> listed_text(const Document& document, NodeId entry, std::string_view member) {
  const auto node = document.find(entry, member, NodeKind::kString);
  std::string text = document.string_or(node, "");
  if (trim(text).empty()) {
    return bad_list(document, node.value_or(entry), "`" + std::string(member) + "` is missing");
  }
  return text;
}

Result<ListedPackage> read_listed(const Document& document, NodeId entry) {
  constexpr std::array<std::string_view, 7> kKnown{"kind",  "source",    "name", "from",
                                                   "fixed", "reference", "date"};
  for (const auto& [key, value] : document.members(entry)) {
    if (std::ranges::find(kKnown, document.text(key)) == kKnown.end()) {
      return bad_list(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  ListedPackage package;
  MERLON_TRY(package.kind, listed_word(document, entry, "kind", kListedKinds));
  MERLON_TRY(package.source, listed_word(document, entry, "source", kListedSources));
  MERLON_TRY(package.name, listed_text(document, entry, "name"));
  MERLON_TRY(package.from, listed_version(document, entry, "from"));
  MERLON_TRY(package.fixed, listed_version(document, entry, "fixed"));
  MERLON_TRY(package.reference, listed_text(document, entry, "reference"));
  MERLON_TRY(package.date, listed_text(document, entry, "date"));
  if (!parse_date(package.date)) {
    return bad_list(document, document.find(entry, "date").value_or(entry),
                    "`date` must be YYYY-MM-DD");
  }
  return package;
}

}  // namespace

std::vector<PackageFact> PackageListFile::facts() const {
  std::vector<PackageFact> out;
  out.reserve(packages.size());
  for (const ListedPackage& package : packages) {
    out.push_back({.kind = package.kind,
                   .source = package.source,
                   .name = package.name,
                   .fixed = package.fixed,
                   .reference = package.reference,
                   .from = package.from,
                   .date = package.date});
  }
  return out;
}

Result<PackageListFile> read_package_list(const SignedPayload& payload) {
  constexpr std::array<std::string_view, 7> kKnown{
      "merlon_package_list", "name", "version", "minimum_engine", "created", "expires", "packages"};
  const Document& document = payload.document;
  if (payload.kind != SignedFileKind::kPackageList) {
    return fail(ErrorCode::kFormat, "this is no package list");
  }
  for (const auto& [key, value] : document.members(document.root())) {
    if (std::ranges::find(kKnown, document.text(key)) == kKnown.end()) {
      return bad_list(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  const auto entries = document.find(document.root(), "packages", NodeKind::kArray);
  if (!entries) {
    return bad_list(document, document.root(), "`packages` must be an array");
  }
  PackageListFile list{.head = payload.head, .packages = {}};
  for (const NodeId entry : document.elements(*entries)) {
    if (list.packages.size() == kMostListed) {
      return fail(ErrorCode::kLimit, "the list has more than ", std::to_string(kMostListed),
                  " packages");
    }
    MERLON_TRY(ListedPackage package, read_listed(document, entry));
    list.packages.push_back(std::move(package));
  }
  return list;
}

}  // namespace merlon
