#pragma once
/// What a path can mean, for checks that must hold however a program reads it.
///
///   const PathReadings path = read_path("/srv/a%2fb/../../etc");
///   std::ranges::all_of(path.normal, [](auto& one) { return is_within("/srv", one); })  // false
///
/// One program decodes `%2f`, another does not; one takes `\` for a separator, another for a
/// letter. All readings are given, folded; what must hold has to hold for each. Text only: links
/// are resolved by who has the files (NeedKind::kPath). Pure; linear times a small bound; safe from
/// many threads.
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

struct PathReadings {
  /// Different from each other, at most 48. Forward slashes, no `.`, no `..` but at the front of a
  /// relative path that leaves its folder, no slash at the end but of `/`. `C:/x` and
  /// `//host/share` are absolute; `~` stays at the front.
  std::vector<std::string> normal;
  bool climbs{false};    ///< a `..` of some reading leads out of where the path begins
  bool dotdot{false};    ///< some reading has a `..`
  bool encoded{false};   ///< a separator or dot is written in code (`%2e`, `%c0%ae`, fullwidth)
  bool nul{false};       ///< a NUL byte, raw or as `%00`
  bool home{false};      ///< begins with `~`
  bool network{false};   ///< `//host`, `\\host`, `\\?\`, or a file URL with a host
  bool process{false};   ///< a way around through `/proc/<pid>/root`, `cwd`, `fd`
  bool file_url{false};  ///< was a `file:` URL
};
[[nodiscard]] PathReadings read_path(std::string_view text);

[[nodiscard]] bool is_absolute_path(std::string_view normal);
/// Whether `path` is `folder` or below it. Both normal; `*` and `?` of a glob are not special.
/// `ignore_case`: as file systems that do not tell case apart would see it; for lists of what is
/// forbidden.
enum class PathCase { kExact, kIgnored };
[[nodiscard]] bool is_within(std::string_view folder, std::string_view path,
                             PathCase path_case = PathCase::kExact);

}  // namespace merlon
