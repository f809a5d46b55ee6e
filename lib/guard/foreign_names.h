#pragma once
/// Names that belong to somebody else, and names that are taken for them.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

enum class NameLikeness : std::uint8_t {
  kSame,       ///< the name itself, or one of a glob
  kLookalike,  ///< spelt differently, and looks the same
  kNear,       ///< one letter away
};

struct NameMatch {
  NameLikeness likeness{NameLikeness::kSame};
  std::string name;   ///< the name or glob that it is held against
  std::string owner;  ///< whose it is
};

/// A name as the eye has it: invisible characters and blanks out, then look_of().
[[nodiscard]] std::string visible_look(std::string_view name);

/// Immutable once filled; safe from many threads then.
class ForeignNames {
 public:
  /// A glob matches names as they stand; a plain name is held against looks too.
  void add(std::string pattern, std::string owner);
  [[nodiscard]] bool empty() const { return names_.empty() && globs_.empty(); }

  /// The strongest match. Names of more than 256 bytes match globs only.
  [[nodiscard]] std::optional<NameMatch> match(std::string_view name) const;
  /// Whether `name` is one of the names or globs.
  [[nodiscard]] bool contains(std::string_view name) const;

 private:
  struct Entry {
    std::string name;
    std::string owner;
  };
  [[nodiscard]] std::optional<NameMatch> find_near(std::string_view name) const;

  std::map<std::string, std::string, std::less<>> names_;  ///< name, owner
  std::map<std::string, Entry, std::less<>> looks_;
  std::vector<Entry> globs_;
};

}  // namespace merlon
