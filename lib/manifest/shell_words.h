#pragma once
/// Splits a command line that a configuration holds in one string.
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// As a shell would, without expanding anything: blanks separate, quotes of both kinds keep, a
/// backslash keeps a blank, quote or backslash after it and is itself otherwise (Windows paths). A
/// quote that does not end reaches to the end. A text that starts like a Windows path to a program
/// (`C:\Program Files\x.exe`) keeps its blanks up to `.exe`.
[[nodiscard]] std::vector<std::string> split_shell_words(std::string_view line);

}  // namespace merlon
