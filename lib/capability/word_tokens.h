#pragma once
/// Words of identifiers and of prose, in lower case with their places.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

struct WordToken {
  std::string text;  ///< lower-case ASCII letters and digits
  std::size_t begin{0};
  std::size_t end{0};
  char before{0};  ///< the last character between this word and the one before it; 0 for the first
};

/// "getUserInfo", "get_user-info", "HTTPRequest2" as words: get user info, http request 2. At most
/// `most` of them.
[[nodiscard]] std::vector<WordToken> split_identifier(std::string_view identifier,
                                                      std::size_t most = 64);
/// Words of English prose; what is not ASCII separates. `before` is ' ' but for `.`, `,`, `;`, `:`,
/// `!`, `?` and line feeds.
[[nodiscard]] std::vector<WordToken> split_prose(std::string_view text, std::size_t most = 400);

}  // namespace merlon
