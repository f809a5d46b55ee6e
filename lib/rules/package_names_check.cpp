#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/normalise_confusables.h"
#include "rules/package_names.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestPackage = 214;  // npm's own limit

std::string normal_name(PackageSource source, std::string_view name) {
  std::string out = to_lower_ascii(name);
  // PyPI takes `_`, `.` and `-` for the same.
  if (source == PackageSource::kPypi) {
    std::replace_if(out.begin(), out.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  }
  return out;
}

// Letters of other scripts as the Latin ones they look like.
std::string latin_reading(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_code_point(name, at);
    const char latin = latin_lookalike(c);
    if (latin != 0) {
      out.push_back(latin);
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

std::string_view bare_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string_view scope_of(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

// One edit for short names, two for long ones; the scope counts as a name of its own, because
// everybody can publish `mcp` under a scope, but not under another's.
bool is_near(std::string_view name, std::string_view known) {
  const std::size_t cap = known.size() >= 16 ? 2 : 1;
  if (scope_of(name).empty() != scope_of(known).empty()) {
    return false;
  }
  const std::size_t distance = edit_distance(name, known, cap);
  if (distance == 0 || distance > cap) {
    return false;
  }
  // Another scope of the same length class is another publisher, unless it is only misspelt.
  if (!scope_of(name).empty() && scope_of(name) != scope_of(known)) {
    return scope_of(known).size() >= 6 && bare_name(name) == bare_name(known);
  }
  return true;
}

std::vector<std::uint64_t> numbers_of(std::string_view version) {
  std::vector<std::uint64_t> numbers;
  for (const std::string_view part : split(version.substr(0, version.find_first_of("-+")), '.')) {
    const auto number = parse_unsigned(part);
    if (!number) {
      return {};
    }
    numbers.push_back(*number);
  }
  return numbers;
}

using ReportPackage = std::function<void(std::string_view rule, std::string message)>;

void report_bad_package(const PackageFact& fact, const PackageUse& use,
                        const ReportPackage& report) {
  const std::string shown = in_ticks(use.version.empty() ? use.name : use.name + "@" + use.version);
  std::string source(fact.reference);
  if (!fact.date.empty()) {
    source += " (" + std::string(fact.date) + ")";
  }
  if (fact.kind == PackageKind::kMalicious) {
    report("package-malicious", shown + " is known to be malicious: " + source);
  } else if (fact.fixed.empty()) {
    report("package-vulnerable", shown + " has a known hole that no version mends: " + source);
  } else {
    report("package-vulnerable",
           shown + " has a known hole that " + std::string(fact.fixed) + " mends: " + source);
  }
}

bool is_same_package(const PackageFact& fact, const PackageUse& use) {
  return fact.source == use.source &&
         normal_name(fact.source, fact.name) == normal_name(use.source, use.name);
}

bool has_checked_name(const PackageUse& use) {
  return !use.name.empty() && use.name.size() <= kLongestPackage;
}

void inspect_package(const PackageUse& use, std::size_t manifest, CheckSink& sink) {
  if (!has_checked_name(use) ||
      (use.source != PackageSource::kNpm && use.source != PackageSource::kPypi)) {
    return;
  }
  const std::string name = normal_name(use.source, use.name);
  const std::string reading = latin_reading(name);
  const PackageFact* near = nullptr;
  const auto report = [&](std::string_view rule, std::string message) {
    sink.report({.rule_id = std::string(rule),
                 .manifest = manifest,
                 .node = use.node,
                 .message = std::move(message)});
  };
  for (const PackageFact& fact : package_facts()) {
    if (fact.source != use.source) {
      continue;
    }
    const std::string known = normal_name(fact.source, fact.name);
    if (known != name) {
      const bool imitates =
          fact.kind == PackageKind::kKnown && (reading == known || is_near(name, known));
      if (imitates && near == nullptr) {
        near = &fact;
      }
      continue;
    }
    if (fact.kind == PackageKind::kKnown) {
      near = &fact;
    }
    if (fact.kind != PackageKind::kKnown && is_affected(fact, use)) {
      report_bad_package(fact, use, report);
    }
  }
  if (near != nullptr && normal_name(near->source, near->name) != name) {
    const bool is_known = std::any_of(
        package_facts().begin(), package_facts().end(),
        [&](const PackageFact& fact) { return normal_name(fact.source, fact.name) == name; });
    if (!is_known) {
      report("package-typosquat",
             in_ticks(use.name) + " is nearly the name of " + in_ticks(near->name));
    }
  }
}

}  // namespace

bool is_affected(const PackageFact& fact, const PackageUse& use) {
  const auto version = numbers_of(use.version);
  if (version.empty()) {
    return fact.fixed.empty();  // the newest is fetched, or one that a range allows
  }
  return version >= numbers_of(fact.from) &&
         (fact.fixed.empty() || version < numbers_of(fact.fixed));
}

// NOLINTNEXTLINE(readability-function-size): three nested lists, and one look into the index
void check_listed_packages(const CheckInput& input, CheckSink& sink,
                           std::span<const PackageFact> facts) {
  std::multimap<std::pair<PackageSource, std::string>, const PackageFact*> by_name;
  for (const PackageFact& fact : facts) {
    if (fact.kind != PackageKind::kKnown) {
      by_name.emplace(std::pair(fact.source, normal_name(fact.source, fact.name)), &fact);
    }
  }
  const auto inspect = [&](const PackageUse& use, std::size_t manifest) {
    const auto [first, last] =
        by_name.equal_range(std::pair(use.source, normal_name(use.source, use.name)));
    for (const auto& [name, fact] : std::ranges::subrange(first, last)) {
      const auto reported = [&, kind = fact->kind](const PackageFact& own) {
        return own.kind == kind && is_same_package(own, use) && is_affected(own, use);
      };
      if (is_affected(*fact, use) && std::ranges::none_of(package_facts(), reported)) {
        report_bad_package(*fact, use, [&](std::string_view rule, std::string message) {
          sink.report({.rule_id = std::string(rule),
                       .manifest = manifest,
                       .node = use.node,
                       .message = std::move(message)});
        });
        return;
      }
    }
  };
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    for (const Server& server : input.manifests[index]->servers) {
      for (const PackageUse& use : packages_of(effective_launch(server.launch))) {
        if (has_checked_name(use)) {
          inspect(use, index);
        }
      }
    }
  }
}

void check_package_names(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    for (const Server& server : input.manifests[index]->servers) {
      for (const PackageUse& use : packages_of(effective_launch(server.launch))) {
        inspect_package(use, index, sink);
      }
    }
  }
}

}  // namespace merlon
