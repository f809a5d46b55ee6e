#pragma once
/// What a server said about itself, as plain data: definitions are its own bytes.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// Modern: stateless, `server/discover`, from revision 2026-07-28. Legacy: `initialize`, up to
/// 2025-11-25.
enum class Era : std::uint8_t { kModern, kLegacy };
[[nodiscard]] std::string_view to_string(Era era);

enum class ListKind : std::uint8_t { kTools, kPrompts, kResources, kResourceTemplates };
inline constexpr std::size_t kListKinds = 4;

/// One list that a server can be asked for.
struct ListInfo {
  ListKind kind;
  std::string_view name;  ///< in the snapshot
  std::string_view method;
  std::string_view member;      ///< of the result
  std::string_view capability;  ///< that announces it
  std::string_view identity;    ///< the member by which definitions are told apart
};
/// In the order of ListKind.
[[nodiscard]] std::span<const ListInfo> list_infos();

struct Definition {
  std::string raw;   ///< the server's bytes: one JSON value
  std::string name;  ///< its identity, decoded; empty when it has none
};

struct EraSurface {
  Era era{Era::kModern};
  std::string protocol_version;
  // JSON as sent; empty: not given.
  std::string server_info;
  std::string capabilities;
  std::string instructions;
  std::array<std::vector<Definition>, kListKinds> lists;

  [[nodiscard]] const std::vector<Definition>& list(ListKind kind) const {
    return lists[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::vector<Definition>& list(ListKind kind) {
    return lists[static_cast<std::size_t>(kind)];
  }
};

/// Something odd, or something that could not be found out.
struct CaptureNote {
  std::optional<Era> era;
  std::string message;     ///< one line, the server's text escaped
  bool incomplete{false};  ///< something that the server has may be missing
  friend auto operator<=>(const CaptureNote&, const CaptureNote&) = default;
};

}  // namespace merlon
