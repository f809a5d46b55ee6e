#pragma once
/// References of JSON Schema: RFC 3986, section 5, without normalisation of anything but dots.
#include <string>
#include <string_view>

namespace merlon {

struct SplitUri {
  std::string_view base;      ///< without `#`
  std::string_view fragment;  ///< what stands after `#`
};
[[nodiscard]] SplitUri split_uri(std::string_view uri);
/// What `reference` (without fragment) means below `base`.
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);

}  // namespace merlon
