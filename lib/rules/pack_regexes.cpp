#include <cstdint>
#include <cstring>

#include "base/regex/regex.h"
#include "rules/pack.h"

namespace merlon {
namespace {

constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kAlignment = 8;

void pad(std::string& bytes) {
  bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment);
}

}  // namespace

// The pack's digest, the offset of each matcher's bytes and of the end, then the bytes.
std::string build_pack_regexes(const PackView& pack) {
  std::vector<std::uint32_t> offsets;
  std::string body;
  for (const PackMatcher& matcher : pack.matchers) {
    offsets.push_back(static_cast<std::uint32_t>(body.size()));
    if (static_cast<MatcherKind>(matcher.kind) == MatcherKind::kPattern) {
      body.append(precompile_regex(pack.text(matcher.text)));
      pad(body);
    }
  }
  offsets.push_back(static_cast<std::uint32_t>(body.size()));
  std::string out(pack.digest);
  out.append(reinterpret_cast<const char*>(offsets.data()), offsets.size() * sizeof(std::uint32_t));
  pad(out);
  return out + body;
}

std::vector<std::string_view> open_pack_regexes(std::string_view bytes, const PackView& pack) {
  const std::size_t count = pack.matchers.size();
  std::string head(kDigestBytes + ((count + 1) * sizeof(std::uint32_t)), '\0');
  pad(head);
  if (bytes.size() < head.size() || bytes.substr(0, kDigestBytes) != pack.digest) {
    return {};
  }
  std::vector<std::uint32_t> offsets(count + 1);
  std::memcpy(offsets.data(), bytes.data() + kDigestBytes, offsets.size() * sizeof(std::uint32_t));
  const std::string_view body = bytes.substr(head.size());
  std::vector<std::string_view> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (offsets[i] > offsets[i + 1] || offsets[i + 1] > body.size()) {
      return {};
    }
    out.push_back(body.substr(offsets[i], offsets[i + 1] - offsets[i]));
  }
  return out;
}

}  // namespace merlon
