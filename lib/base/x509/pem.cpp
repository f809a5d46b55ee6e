#include "base/x509/pem.h"

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPemBlocks = 256;
constexpr std::string_view kPemBegin = "-----BEGIN ";
constexpr std::string_view kPemEnd = "-----END ";
constexpr std::string_view kPemDashes = "-----";

/// The label of a line of that kind; empty for another line.
std::string_view pem_label(std::string_view line, std::string_view begin) {
  const bool fits = line.size() > begin.size() + kPemDashes.size() && line.starts_with(begin) &&
                    line.ends_with(kPemDashes);
  return fits ? line.substr(begin.size(), line.size() - begin.size() - kPemDashes.size())
              : std::string_view();
}

}  // namespace

Result<std::vector<PemBlock>> parse_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  std::string label;
  std::string body;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (label.empty()) {
      label = pem_label(line, kPemBegin);
      continue;
    }
    const std::string_view end = pem_label(line, kPemEnd);
    if (end.empty()) {
      body += line;
      continue;
    }
    const auto der = from_base64(body, Base64Alphabet::kStandard);
    if (end != label || !der) {
      return fail(ErrorCode::kFormat, "the PEM block `", label, "` is not base64, or ends as `",
                  end, "`");
    }
    if (blocks.size() == kMostPemBlocks) {
      return fail(ErrorCode::kLimit, "there are more than ", std::to_string(kMostPemBlocks),
                  " PEM blocks");
    }
    blocks.push_back({.label = label, .der = *der});
    label.clear();
    body.clear();
  }
  if (!label.empty()) {
    return fail(ErrorCode::kFormat, "the PEM block `", label, "` has no end");
  }
  if (blocks.empty()) {
    return fail(ErrorCode::kFormat, "there is no PEM block (`-----BEGIN ...-----`)");
  }
  return blocks;
}

}  // namespace merlon
