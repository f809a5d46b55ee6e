#pragma once
/// The payload of a signed package list: packages that must not be started, beside those that are
/// built in. docs/spec/package-list.md.
///
///   MERLON_TRY(const PackageListFile list, read_package_list(file.payload));
///   check_listed_packages(input, sink, list.facts());
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/package_names.h"
#include "rules/signed_file.h"

namespace merlon {

struct ListedPackage {
  PackageKind kind{PackageKind::kMalicious};
  PackageSource source{PackageSource::kNpm};
  std::string name;
  std::string from;   ///< the first bad version; empty: the first of all
  std::string fixed;  ///< the first good one after it; empty: there is none
  std::string reference;
  std::string date;
  [[nodiscard]] bool operator==(const ListedPackage&) const = default;
};

struct PackageListFile {
  SignedHead head;
  std::vector<ListedPackage> packages;
  /// Views into `packages`.
  [[nodiscard]] std::vector<PackageFact> facts() const;
};

/// `kFormat` with the place: unknown members and words, versions that are no numbers with dots, an
/// entry without a reference or date.
[[nodiscard]] Result<PackageListFile> read_package_list(const SignedPayload& payload);

}  // namespace merlon
