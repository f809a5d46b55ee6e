#pragma once
/// Reads the lists of one server in one era into an EraSurface.
#include <string>
#include <string_view>
#include <vector>

#include "capture/options.h"
#include "capture/session.h"
#include "capture/surface.h"

namespace merlon {

/// The `_meta` that every modern request carries, as a JSON member: `"_meta":{...}`.
[[nodiscard]] std::string modern_meta(std::string_view protocol_version,
                                      std::string_view client_version);
/// What we say that we can do: some servers offer more to a client that can do more, and what is
/// approved must be all of it. What is asked of us is answered as by a client that declines.
[[nodiscard]] std::string client_capabilities();
/// `{"name":"merlon",...}`
[[nodiscard]] std::string client_info(std::string_view client_version);

/// Text for people about an answer that is no result, e.g. "was answered with error -32603: boom".
[[nodiscard]] std::string describe(const Answer& answer);

class SurfaceReader {
 public:
  /// All references must outlive the reader. `deadline` bounds all lists together.
  SurfaceReader(Session& session, const CaptureOptions& options, const Clock& clock,
                std::vector<CaptureNote>& notes)
      : session_(session), options_(options), clock_(clock), notes_(notes) {}

  /// Takes server info, capabilities and instructions from the result of `initialize` or
  /// `server/discover`.
  void read_opening(const Document& document, NodeId result, EraSurface& surface);
  /// Asks for every list that the capabilities announce. What goes wrong becomes a note.
  void read_lists(EraSurface& surface, Channel::TimePoint deadline);

 private:
  enum class PageEnd : std::uint8_t { kLast, kMore, kFailed };

  [[nodiscard]] bool announced(const EraSurface& surface, const ListInfo& list);
  void read_list(EraSurface& surface, const ListInfo& list, Channel::TimePoint deadline);
  [[nodiscard]] PageEnd read_page(EraSurface& surface, const ListInfo& list, const Answer& answer,
                                  std::string& cursor);
  void take_definitions(EraSurface& surface, const ListInfo& list, const Document& document,
                        NodeId array);
  [[nodiscard]] std::string params(const EraSurface& surface, const std::string& cursor) const;
  void note(const EraSurface& surface, std::string message, bool incomplete);

  Session& session_;
  const CaptureOptions& options_;
  const Clock& clock_;
  std::vector<CaptureNote>& notes_;
};

}  // namespace merlon
