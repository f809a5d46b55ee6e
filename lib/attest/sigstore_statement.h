#pragma once
/// The outside of an in-toto statement (v0.1 and v1): what it is about, and of which kind it is.
/// Predicates are read where they are judged.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";

struct StatementSubject {
  std::string name;
  std::vector<std::pair<std::string, std::string>> digests;  ///< algorithm, hex
};

struct SigstoreStatement {
  std::string type;
  std::string predicate_type;
  std::vector<StatementSubject> subjects;
  Document document;  ///< for the predicate
};

/// `kSyntax`, `kFormat`, `kLimit`; `kUnsupported` for another `_type`.
[[nodiscard]] Result<SigstoreStatement> parse_sigstore_statement(std::string_view payload);

}  // namespace merlon
