#pragma once
/// What a shell command or an SQL statement says it does, by its words.
#include <array>
#include <string>
#include <string_view>

namespace merlon {

/// One line of words for each never-automatic category that the text shows, in the order of their
/// bits (deletion, bulk, privilege, money); empty where it shows none.
struct StatementEffects {
  std::array<std::string, 4> why;
};

/// Words in any letter case; `rm` with a folder before it counts, `--rm` does not. What hides its
/// words (`r''m`, a variable, base64) is not seen: a tool that runs commands is judged by what it
/// can do, and this only adds to it. Linear; allocates nothing per word.
[[nodiscard]] StatementEffects read_statement_effects(std::string_view text);

}  // namespace merlon
