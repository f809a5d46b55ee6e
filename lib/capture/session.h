#pragma once
/// JSON-RPC over a Channel: asks one thing at a time, answers what the server asks meanwhile, and
/// survives everything else that comes.
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/document.h"
#include "base/limits.h"
#include "capture/channel.h"
#include "capture/surface.h"

namespace merlon {

enum class AnswerKind : std::uint8_t {
  kResult,
  kError,   ///< a JSON-RPC error
  kSilent,  ///< nothing until the deadline
  kEnded,   ///< the server ended or closed its output
  kBroken,  ///< `problem` says what; nothing more can be asked
};

struct Answer {
  AnswerKind kind{AnswerKind::kSilent};
  std::uint64_t id{0};   ///< of the request that was answered
  Document document;     ///< the line
  NodeId node{kNoNode};  ///< value of `result` or `error` in it
  std::string problem;
};

/// What was seen besides answers.
struct Sightings {
  std::uint64_t noise_lines{0};    ///< lines that are no JSON-RPC message
  std::string first_noise;         ///< raw, shortened
  std::uint64_t stray_answers{0};  ///< to requests that were never made or were already answered
  std::set<std::string> requests;  ///< methods that the server asked us for
  bool byte_order_mark{false};
  bool batch{false};
  bool unanswered{false};  ///< it asked more than we are willing to answer
};

class Session {
 public:
  /// Called while waiting, about twice a second.
  using Tick = std::function<void()>;

  /// All references must outlive the session.
  Session(Channel& channel, Era era, const Clock& clock, const Limits& limits, Tick tick);

  /// Sends a request with `params`, which is JSON text, and gives its id. Ids start at 1.
  std::uint64_t post(std::string_view method, std::string_view params);
  void notify(std::string_view method);
  /// Waits for the answer to any of `ids`.
  [[nodiscard]] Answer await(std::span<const std::uint64_t> ids, Channel::TimePoint deadline);
  [[nodiscard]] const Sightings& sightings() const { return sightings_; }

 private:
  /// What a line was, for whoever waits.
  struct Taken {
    bool answer{false};
    Answer value;
  };

  [[nodiscard]] Channel::Event receive(Channel::TimePoint deadline, std::string& line);
  [[nodiscard]] Taken take_line(const std::string& line, std::span<const std::uint64_t> ids);
  // These two move the document into the answer.
  [[nodiscard]] Taken take_message(Document& document, NodeId message,
                                   std::span<const std::uint64_t> ids);
  [[nodiscard]] Taken take_answer(Document& document, NodeId message, NodeId id,
                                  std::span<const std::uint64_t> ids);
  void take_request(const Document& document, std::string_view method, NodeId id);
  void count_noise(std::string_view line);
  [[nodiscard]] static Taken broken(std::string problem);

  Channel& channel_;
  Era era_;
  const Clock& clock_;
  const Limits& limits_;
  Tick tick_;
  std::uint64_t last_id_{0};
  std::uint64_t answered_requests_{0};
  Sightings sightings_;
};

}  // namespace merlon
