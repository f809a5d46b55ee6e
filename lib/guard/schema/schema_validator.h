#pragma once
/// Holds a value to a compiled schema, with every step counted.
#include <cstdint>
#include <string_view>

#include "base/document.h"
#include "base/limits.h"
#include "guard/schema/compiled_schema.h"

namespace merlon {

enum class SchemaOutcome : std::uint8_t {
  kValid,
  kInvalid,
  kUnknown,  ///< nothing that was checked is wrong, and something could not be checked
  kBudget,   ///< a bound was reached: nothing is known
};

struct SchemaLimits {
  std::uint64_t steps{500'000};  ///< schemas, members, elements and names looked at
  std::uint32_t depth{256};      ///< schemas within schemas at one time, references counted
  Limits regex;                  ///< bounds of patterns
};

struct SchemaResult {
  SchemaOutcome outcome{SchemaOutcome::kValid};
  /// Of kInvalid: the value that is wrong and the keyword that says so. A missing property is
  /// wrong at the object; `false` has the keyword "false".
  NodeId instance{kNoNode};
  std::string_view keyword;
};

/// A keyword that is not checked counts as unknown, and through `not`, `anyOf` and their kind in
/// the logic of three values: it can make nothing wrong that might be right. Formats are not
/// checked and do not count. Of an object that has a key twice every value is checked. Recurses at
/// most `depth` deep; pure; safe from many threads.
[[nodiscard]] SchemaResult validate(const CompiledSchema& schema, const Document& document,
                                    NodeId instance, const SchemaLimits& limits);

}  // namespace merlon
