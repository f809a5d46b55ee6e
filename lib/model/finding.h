#pragma once
/// What a rule or check says about someone else's file.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/location.h"
#include "model/severity.h"

namespace merlon {

/// What was seen. `text` is what matched, escaped by the writers, already masked when it is a
/// secret.
struct Evidence {
  std::string text;
  std::vector<std::string> decoded_by;  ///< the layers taken off, outermost first: "base64",
                                        ///< "percent"; empty: as it stands
};

struct RelatedPlace {
  std::string message;
  Location where;
};

/// A signal that took part in a tool's score.
struct ScoreSignal {
  std::string rule_id;
  int score{0};
  std::string evidence;
};

struct Suppression {
  std::string by;  ///< "baseline" or "config"
  std::string owner;
  std::string reason;
  std::string expires;  ///< YYYY-MM-DD
};

/// Findings are sorted by (file, offset, length, rule id, message).
struct Finding {
  std::string rule_id;
  Severity severity{Severity::kMedium};
  Tier tier{Tier::kHard};
  int score{0};         ///< of a soft rule, or a tool's sum
  std::string message;  ///< one line, no period
  Location where;
  std::string pointer;  ///< RFC 6901 into `where.file`
  std::string surface;  ///< to_string(Surface), or "file"
  std::string server;   ///< name of the server, may be empty
  std::string item;     ///< name of the tool, prompt or resource, may be empty
  Evidence evidence;
  std::string remedy;
  std::vector<std::string> taxonomies;
  std::vector<RelatedPlace> related;
  std::vector<ScoreSignal> signals;
  std::string
      fingerprint;  ///< 32 hex digits; independent of lines and of the folder the file is in
  std::optional<Suppression> suppression;  ///< set: shown, but does not count
  bool secret{false};  ///< the place holds a secret: no output may show these source bytes
};

}  // namespace merlon
