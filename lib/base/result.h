#pragma once
/// Result<T>: a value or an Error, for everything that can fail on input. A dropped Result is a
/// compiler warning.
///
///   Result<Policy> load_policy(const FileSource& files, std::string_view path) {
///     MERLON_TRY(auto text, files.read(path, limits));
///     MERLON_CHECK(check_utf8(text));
///     if (text.empty()) { return fail(ErrorCode::kFormat, "`", path, "` is empty"); }
///     ...
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace merlon {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

using Status = Result<void>;

/// For loaders of users' files, which report all problems and not only the first.
template <class T>
class [[nodiscard]] Checked : public std::expected<T, std::vector<Error>> {
 public:
  using std::expected<T, std::vector<Error>>::expected;
};

template <class... Parts>
[[nodiscard]] Error make_error(ErrorCode code, const Parts&... parts) {
  std::string message;
  (message.append(std::string_view(parts)), ...);
  return Error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
}

template <class... Parts>
[[nodiscard]] std::unexpected<Error> fail(ErrorCode code, const Parts&... parts) {
  return std::unexpected(make_error(code, parts...));
}

}  // namespace merlon

// NOLINTBEGIN(bugprone-macro-parentheses): `decl` is a declaration and must stand bare
#define MERLON_PASTE_IMPL(a, b) a##b
#define MERLON_PASTE(a, b) MERLON_PASTE_IMPL(a, b)
#define MERLON_TRY_IMPL(tmp, decl, expr)            \
  auto tmp = (expr);                                \
  if (!tmp) {                                       \
    return std::unexpected(std::move(tmp).error()); \
  }                                                 \
  decl = *std::move(tmp)
/// `MERLON_TRY(auto x, f());` takes the value or passes the Error up.
#define MERLON_TRY(decl, expr) MERLON_TRY_IMPL(MERLON_PASTE(merlon_try_, __LINE__), decl, expr)
/// The same for a Status.
#define MERLON_CHECK(expr)                                    \
  if (auto merlon_status = (expr); !merlon_status) {          \
    return std::unexpected(std::move(merlon_status).error()); \
  }
// NOLINTEND(bugprone-macro-parentheses): see above
