#pragma once
/// File names as URI references (RFC 3986).
#include <string>
#include <string_view>

namespace merlon {

struct SourceUri {
  std::string text;
  bool relative{true};  ///< to the folder that merlon was started in
};

/// Percent-encodes every byte that is not plain in a path segment, `:` included (a relative path
/// must not look like a scheme), and bytes that are not UTF-8. A leading `./` is dropped. An
/// absolute path becomes a `file` URI; standard input, which has no name, becomes `stdin`.
[[nodiscard]] SourceUri make_source_uri(std::string_view file);

}  // namespace merlon
