#pragma once
/// Ways in which an attacker puts an instruction into a tool's description, and what is left when
/// the wrapper's own words are taken away again.
#include <span>
#include <string>
#include <string_view>

namespace merlon {

struct WrapperKind {
  std::string_view name;
  std::string_view summary;
  /// `description` with `payload` in it. `other` is the name of some other tool.
  std::string (*wrap)(std::string_view description, std::string_view payload,
                      std::string_view other);
};

/// Those that eval can build from payloads and benign tools itself; sorted by name.
[[nodiscard]] std::span<const WrapperKind> wrapper_kinds();
[[nodiscard]] const WrapperKind* find_wrapper(std::string_view name);

/// A description without the words of the wrappers `important-tag`, `when-called` and
/// `system-note`; as it is for others.
[[nodiscard]] std::string without_wrapper(std::string_view description, std::string_view wrapper);
/// True for those three.
[[nodiscard]] bool can_strip(std::string_view wrapper);

}  // namespace merlon
