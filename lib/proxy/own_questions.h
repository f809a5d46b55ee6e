#pragma once
/// What the proxy itself asks the server: its list of tools, page by page, before a call to a tool
/// is judged that nobody has seen. Neither peer sees question or answer.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/message.h"

namespace merlon {

class OwnQuestions {
 public:
  /// How long the server may take for one page.
  static constexpr std::int64_t kPatienceMs = 10'000;
  /// Pages of one list; a server that has more is not asked on.
  static constexpr std::uint32_t kMostPages = 100;

  /// Ids are `merlon-<secret>-<number>`.
  explicit OwnQuestions(std::string secret) : prefix_("merlon-" + std::move(secret) + "-") {}

  [[nodiscard]] bool open() const { return !open_id_.empty(); }
  [[nodiscard]] std::int64_t deadline_ms() const { return deadline_ms_; }
  /// True when the message answers one of ours, late ones included.
  [[nodiscard]] bool answers(const Message& message) const;
  /// True when it is the one that is waited for.
  [[nodiscard]] bool answers_open(const Message& message) const;

  /// The same by the key of an id.
  [[nodiscard]] bool has_open_key(std::string_view id_key) const {
    return open() && id_key.starts_with('"') && id_key.substr(1) == open_id_;
  }

  /// The next question. `because` is the request that wants to know: of it come the revision and
  /// the capabilities that a stateless server must be told. `cursor`: empty for the first page.
  [[nodiscard]] std::string ask_tools(const Message& because, std::string_view cursor,
                                      std::int64_t now_ms);
  /// The question after `answer` for the next page, if there is one and we want it. Closes the
  /// open one.
  [[nodiscard]] std::optional<std::string> next_page(const Message& answer, std::int64_t now_ms);
  void close();

 private:
  [[nodiscard]] std::string question(std::string_view cursor, std::int64_t now_ms);

  std::string prefix_;
  std::uint64_t last_{0};
  std::string open_id_;
  std::string meta_;  ///< `_meta` of our questions as JSON; empty: none
  std::uint32_t pages_{0};
  std::int64_t deadline_ms_{0};
};

}  // namespace merlon
