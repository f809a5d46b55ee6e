#include "scan/fingerprint.h"

#include <map>

#include "base/digest/digest.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kHexDigits = 32;

bool is_position(std::string_view token) {
  return !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view file_name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Runs of blanks become one, ASCII case goes: reformatting a text is not a new finding.
std::string evened_out(std::string_view text) {
  std::string out;
  for (const char c : to_lower_ascii(trim(text))) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      out.push_back(c);
    } else if (out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

// Lengths keep fields apart: ("ab", "c") and ("a", "bc") differ.
void append_field(std::string& out, std::string_view field) {
  out.append(std::to_string(field.size())).append(":").append(field);
}

std::string identity_of(const Finding& finding) {
  std::string out = "merlonFingerprint/v1\n";
  append_field(out, finding.rule_id);
  append_field(out, file_name_of(finding.where.file));
  append_field(out, finding.server);
  append_field(out, finding.item);
  append_field(out, pointer_without_positions(finding.pointer));
  append_field(out, evened_out(finding.evidence.text));
  for (const ScoreSignal& signal : finding.signals) {
    append_field(out, signal.rule_id);
    append_field(out, evened_out(signal.evidence));
  }
  return out;
}

std::string fingerprint_of_identity(std::string identity, std::size_t ordinal) {
  if (ordinal > 0) {
    append_field(identity, "#" + std::to_string(ordinal));
  }
  return sha256_hex(identity).substr(0, kHexDigits);
}

}  // namespace

std::string pointer_without_positions(std::string_view pointer) {
  std::string out;
  bool first = true;
  for (const std::string_view token : split(pointer, '/')) {
    if (!first) {
      out.push_back('/');
    }
    first = false;
    out.append(is_position(token) ? "*" : token);
  }
  return out;
}

std::string fingerprint_of(const Finding& finding, std::size_t ordinal) {
  return fingerprint_of_identity(identity_of(finding), ordinal);
}

void assign_fingerprints(std::span<Finding> findings) {
  std::map<std::pair<std::string, std::string>, std::size_t> seen;  // (file, identity)
  for (Finding& finding : findings) {
    std::string identity = identity_of(finding);
    const std::size_t ordinal = seen[{finding.where.file, identity}]++;
    finding.fingerprint = fingerprint_of_identity(std::move(identity), ordinal);
  }
}

}  // namespace merlon
