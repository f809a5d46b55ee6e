#pragma once
/// The world as the commands see it; tests hand in another one.
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/files.h"

namespace merlon::cli {

struct Env {
  std::ostream& out;  ///< results only
  std::ostream& err;  ///< everything else
  std::function<Result<std::string>(std::uint64_t max_bytes)> read_stdin;
  const FileSource& files;
  const Clock& clock;
  std::function<std::optional<std::string>(std::string_view name)>
      variable;  ///< environment variables
  bool out_is_terminal{false};
  bool err_is_terminal{false};
};

}  // namespace merlon::cli
