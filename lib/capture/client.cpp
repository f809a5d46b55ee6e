#include "capture/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "capture/session.h"
#include "capture/surface_reader.h"

namespace merlon {
namespace {

constexpr std::string_view kModernVersion = "2026-07-28";
constexpr std::string_view kLegacyVersion = "2025-11-25";
constexpr std::array<std::string_view, 4> kLegacyVersions{"2024-11-05", "2025-03-26", "2025-06-18",
                                                          "2025-11-25"};
constexpr std::string_view kUnsupportedVersion = "-32022";
constexpr std::size_t kShownBytes = 60;

std::string shown(std::string_view text) {
  return escape_for_display(shorten(text, kShownBytes));
}

/// What `server/discover` brought to light.
enum class Probe : std::uint8_t {
  kModern,     ///< it answered and speaks our revision
  kTooNew,     ///< modern, but none of its revisions is ours
  kNotModern,  ///< an error, or silence while `initialize` was answered
  kEnded,      ///< it ended: some servers do that to a message they do not know
  kSilent,     ///< nothing at all until the start timeout
  kBroken,
};

class Capturer {
 public:
  Capturer(Connector& connector, const CaptureOptions& options, const Clock& clock)
      : connector_(connector), options_(options), clock_(clock) {}

  CaptureOutcome run() {
    if (options_.eras != EraChoice::kLegacy) {
      ask_modern();
    }
    if (options_.eras != EraChoice::kModern && !outcome_.failure) {
      ask_legacy();
    }
    finish();
    return std::move(outcome_);
  }

 private:
  using TimePoint = Channel::TimePoint;

  [[nodiscard]] Session::Tick tick(std::string_view what) const {
    if (!options_.progress) {
      return {};
    }
    return [this, what] { options_.progress(what); };
  }

  void note(std::optional<Era> era, std::string message, bool incomplete) {
    outcome_.notes.push_back({.era = era, .message = std::move(message), .incomplete = incomplete});
  }

  // ---- one process ----

  std::unique_ptr<Channel> connect() {
    auto channel = connector_.connect();
    if (channel) {
      return *std::move(channel);
    }
    outcome_.failure = std::move(channel).error();
    return nullptr;
  }

  // What came besides answers, and how the process ended.
  void part(Channel& channel, const Session& session, Era era) {
    const Sightings& seen = session.sightings();
    if (seen.noise_lines > 0) {
      note(era, "standard output carries lines that are not messages", false);
      outcome_.remarks.push_back(
          std::to_string(seen.noise_lines) +
          " lines of noise on standard output, the first: " + escape_for_display(seen.first_noise));
    }
    if (seen.byte_order_mark) {
      note(era, "a message starts with a byte order mark: other clients lose it", false);
    }
    if (seen.batch) {
      note(era, "it sends batches, which only revision 2025-03-26 has", false);
    }
    if (seen.stray_answers > 0) {
      note(era, "it sends answers to requests that were never made", false);
    }
    if (seen.unanswered) {
      note(era, "it made more requests than were answered", false);
    }
    for (const std::string& method : seen.requests) {
      note(era,
           "it asked the client for `" + escape_for_display(method) + "`" +
               (era == Era::kModern ? ", which no modern server may" : ""),
           false);
    }
    farewell_ = channel.close();
    for (const std::string& remark : farewell_.remarks) {
      outcome_.remarks.push_back(remark);
    }
  }

  void fail_with(ErrorCode code, std::string message) {
    if (!farewell_.how.empty()) {
      message += " (" + farewell_.how + ")";
    }
    outcome_.failure = Error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
    outcome_.error_lines = farewell_.error_lines;
  }

  // ---- the modern era ----

  [[nodiscard]] std::string discover_params() const {
    return "{" + modern_meta(kModernVersion, options_.client_version) + "}";
  }

  void ask_modern() {
    const std::chrono::milliseconds patience =
        options_.eras == EraChoice::kModern
            ? options_.start_timeout
            : std::min(options_.probe_patience, options_.start_timeout);
    if (!ask_modern_once(patience)) {
      return;
    }
    // It was slow to start, so `initialize` was sent as well and may have bound this process to the
    // other era.
    static_cast<void>(ask_modern_once(options_.start_timeout));
  }

  // True when the server turned out to be modern, but only after `initialize` had been sent.
  bool ask_modern_once(std::chrono::milliseconds patience) {
    const auto channel = connect();
    if (!channel) {
      return false;
    }
    Session session(*channel, Era::kModern, clock_, options_.limits,
                    tick("waiting for server/discover"));
    const TimePoint start = clock_.steady();
    const std::uint64_t discover = session.post("server/discover", discover_params());
    Answer answer = session.await(std::array{discover}, start + patience);
    bool also_initialize = false;
    if (answer.kind == AnswerKind::kSilent && patience < options_.start_timeout) {
      also_initialize = true;
      const std::uint64_t initialize = session.post("initialize", initialize_params());
      answer = session.await(std::array{discover, initialize}, start + options_.start_timeout);
    }
    const Probe probe = judge(answer, discover);
    const bool again = probe == Probe::kModern && also_initialize;
    if (probe == Probe::kModern && !again) {
      take_modern(session, answer);
    }
    part(*channel, session, Era::kModern);
    if (!again) {
      conclude(probe, answer);
    }
    return again;
  }

  [[nodiscard]] Probe judge(const Answer& answer, std::uint64_t discover) {
    switch (answer.kind) {
      case AnswerKind::kSilent: return Probe::kSilent;
      case AnswerKind::kEnded: return Probe::kEnded;
      case AnswerKind::kBroken: return Probe::kBroken;
      case AnswerKind::kError:
      case AnswerKind::kResult: break;
    }
    if (answer.id != discover) {
      return Probe::kNotModern;
    }
    const Document& document = answer.document;
    const bool error = answer.kind == AnswerKind::kError;
    if (error) {
      const auto code = document.find(answer.node, "code", NodeKind::kNumber);
      if (!code || document.raw(*code) != kUnsupportedVersion) {
        return Probe::kNotModern;
      }
    }
    const std::optional<NodeId> data = error ? document.find(answer.node, "data") : answer.node;
    const auto versions = document.find(data, error ? "supported" : "supportedVersions");
    if (!error && (!versions || !document.is(*versions, NodeKind::kArray))) {
      return Probe::kNotModern;
    }
    supported_ = versions ? strings_of(document, *versions) : std::vector<std::string>{};
    const bool ours =
        std::find(supported_.begin(), supported_.end(), kModernVersion) != supported_.end();
    return ours && !error ? Probe::kModern : Probe::kTooNew;
  }

  static std::vector<std::string> strings_of(const Document& document, NodeId array) {
    std::vector<std::string> out;
    for (const NodeId element : document.elements(array)) {
      out.push_back(document.string_or(element, ""));
    }
    return out;
  }

  void take_modern(Session& session, const Answer& answer) {
    EraSurface surface;
    surface.era = Era::kModern;
    surface.protocol_version = kModernVersion;
    SurfaceReader reader(session, options_, clock_, outcome_.notes);
    reader.read_opening(answer.document, answer.node, surface);
    reader.read_lists(surface, clock_.steady() + options_.lists_timeout);
    outcome_.eras.push_back(std::move(surface));
  }

  void conclude(Probe probe, const Answer& answer) {
    const bool only = options_.eras == EraChoice::kModern;
    switch (probe) {
      case Probe::kModern: return;
      case Probe::kTooNew: {
        std::string message =
            "it speaks the modern era, but not revision " + std::string(kModernVersion);
        if (!supported_.empty()) {
          message += " (it names " + shown(join(supported_, ", ")) + ")";
        }
        if (only) {
          return fail_with(ErrorCode::kUnsupported, "the server cannot be asked: " + message);
        }
        return note(Era::kModern, message, true);
      }
      case Probe::kSilent:
        return fail_with(ErrorCode::kProcess,
                         "the server said nothing for " +
                             std::to_string(options_.start_timeout.count() / 1000) + " s");
      case Probe::kBroken:
        if (only) {
          return fail_with(ErrorCode::kProtocol, "`server/discover` " + describe(answer));
        }
        return note(Era::kModern, "`server/discover` " + describe(answer), true);
      case Probe::kEnded:
        if (only) {
          return fail_with(ErrorCode::kProcess, "the server ended before it answered");
        }
        return;
      case Probe::kNotModern:
        if (only) {
          fail_with(
              ErrorCode::kProtocol,
              "the server does not speak the modern era: `server/discover` " + describe(answer));
        }
        return;
    }
  }

  // ---- the legacy era ----

  [[nodiscard]] std::string initialize_params() const {
    JsonWriter w;
    w.begin_object().field("protocolVersion", kLegacyVersion);
    w.key("capabilities").raw(client_capabilities());
    w.key("clientInfo").raw(client_info(options_.client_version));
    w.end_object();
    return std::move(w).take();
  }

  void ask_legacy() {
    const bool modern = !outcome_.eras.empty();
    const auto channel = connect();
    if (!channel) {
      return;
    }
    Session session(*channel, Era::kLegacy, clock_, options_.limits,
                    tick("waiting for initialize"));
    // It started before, so it will not be slow now.
    const auto patience = modern ? std::min(options_.start_timeout, options_.request_timeout)
                                 : options_.start_timeout;
    const TimePoint start = clock_.steady();
    const std::uint64_t id = session.post("initialize", initialize_params());
    const Answer answer = session.await(std::array{id}, start + patience);
    if (answer.kind == AnswerKind::kResult) {
      take_legacy(session, answer);
    }
    part(*channel, session, Era::kLegacy);
    if (answer.kind != AnswerKind::kResult) {
      conclude_legacy(answer, modern);
    }
  }

  void take_legacy(Session& session, const Answer& answer) {
    EraSurface surface;
    surface.era = Era::kLegacy;
    const auto version = answer.document.find(answer.node, "protocolVersion");
    surface.protocol_version = answer.document.string_or(version, "");
    if (std::find(kLegacyVersions.begin(), kLegacyVersions.end(), surface.protocol_version) ==
        kLegacyVersions.end()) {
      note(Era::kLegacy,
           "it answers `initialize` with the unknown revision `" + shown(surface.protocol_version) +
               "`",
           false);
    }
    session.notify("notifications/initialized");
    SurfaceReader reader(session, options_, clock_, outcome_.notes);
    reader.read_opening(answer.document, answer.node, surface);
    reader.read_lists(surface, clock_.steady() + options_.lists_timeout);
    outcome_.eras.push_back(std::move(surface));
  }

  void conclude_legacy(const Answer& answer, bool modern) {
    const std::string what = "`initialize` " + describe(answer);
    if (modern) {
      // An error is how a modern-only server refuses. Anything else leaves open what it offers to
      // older clients.
      return note(Era::kLegacy, what, answer.kind != AnswerKind::kError);
    }
    switch (answer.kind) {
      case AnswerKind::kSilent:
        return fail_with(ErrorCode::kProcess,
                         "the server did not answer `initialize` within " +
                             std::to_string(options_.start_timeout.count() / 1000) + " s");
      case AnswerKind::kEnded:
        return fail_with(ErrorCode::kProcess, "the server ended before it answered");
      case AnswerKind::kResult:
      case AnswerKind::kError:
      case AnswerKind::kBroken: return fail_with(ErrorCode::kProtocol, what);
    }
  }

  void finish() {
    if (outcome_.failure && !outcome_.eras.empty()) {
      note(Era::kLegacy, "the server could not be started again: " + outcome_.failure->message,
           true);
      outcome_.failure.reset();
    }
    std::sort(outcome_.notes.begin(), outcome_.notes.end());
    outcome_.notes.erase(std::unique(outcome_.notes.begin(), outcome_.notes.end()),
                         outcome_.notes.end());
    std::sort(outcome_.remarks.begin(), outcome_.remarks.end());
    outcome_.remarks.erase(std::unique(outcome_.remarks.begin(), outcome_.remarks.end()),
                           outcome_.remarks.end());
  }

  Connector& connector_;
  const CaptureOptions& options_;
  const Clock& clock_;
  CaptureOutcome outcome_;
  Farewell farewell_;
  std::vector<std::string> supported_;
};

}  // namespace

bool CaptureOutcome::complete() const {
  return !failure && std::none_of(notes.begin(), notes.end(),
                                  [](const CaptureNote& note) { return note.incomplete; });
}

CaptureOutcome capture_server(Connector& connector, const CaptureOptions& options,
                              const Clock& clock) {
  return Capturer(connector, options, clock).run();
}

}  // namespace merlon
