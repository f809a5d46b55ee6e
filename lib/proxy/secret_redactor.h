#pragma once
/// Takes the values of secrets that a server was given out of what it says, in the spellings that
/// docs/spec/proxy.md lists. Knows nothing of policies: what it leaves is what is judged.
///
///   MERLON_TRY(const auto redactor, SecretRedactor::make(secrets));
///   redactor.redact(line);   // `ghp_0123...` becomes `[redacted:GITHUB_TOKEN]`
///
/// A line of JSON stays JSON as far as secrets stand in its strings; where one stands across them,
/// the line is broken, and refused by the gate behind. Immutable, safe from many threads.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/process/environment.h"
#include "base/regex/literal_index.h"
#include "base/result.h"

namespace merlon {

class SecretRedactor {
 public:
  /// A shorter value would be found in every other text.
  static constexpr std::size_t kShortest = 8;
  static constexpr std::size_t kLongest = 16U << 10U;
  static constexpr std::size_t kMostSecrets = 32;

  /// `kUsage` for a value that is too short, too long or no text, for a name that is none of an
  /// environment variable, and for too many. No message holds a value.
  [[nodiscard]] static Result<SecretRedactor> make(std::span<const EnvironmentVariable> secrets);

  /// Replaces each secret by `[redacted:NAME]`. How many places there were.
  std::size_t redact(std::string& text) const;

  /// So many bytes at the end of a text may be the beginning of a secret that is not there yet.
  [[nodiscard]] std::size_t longest() const { return longest_; }

 private:
  struct Spelling {
    std::string text;
    std::size_t secret{0};  ///< index into names_
  };
  struct Span {
    std::size_t begin{0};
    std::size_t end{0};
    std::size_t secret{0};
  };
  struct View;

  SecretRedactor() = default;
  void add_spellings(const EnvironmentVariable& secret);
  void add_spelling(std::string text);
  void build_table();
  /// `text` is followed by four readable bytes.
  template <class Found>
  void each_place(std::string_view text, Found&& found) const;
  [[nodiscard]] bool stands_in(std::string& text) const;
  [[nodiscard]] bool stands_anywhere(std::string& text) const;
  void add_places(View& view, std::vector<Span>& spans) const;
  [[nodiscard]] std::vector<Span> places(const std::string& text) const;

  std::vector<std::string> names_;
  std::vector<Spelling> spellings_;
  LiteralTable table_;
  std::size_t longest_{0};
};

}  // namespace merlon
