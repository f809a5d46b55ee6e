#include "report/secret_mask.h"

#include <algorithm>
#include <cstring>

namespace merlon {
namespace {

constexpr std::string_view kMasked = "[secret]";
constexpr std::string_view kWordEnds = " \t\r\n\"'`<>,;";
constexpr std::size_t kHeadBytes = sizeof(std::uint64_t);

std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  std::memcpy(&head, text.data(), kHeadBytes);
  return head;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

SecretMask::SecretMask(const ScanReport& report) : masked_(report.masked) {
  if (masked_) {
    return;
  }
  for (const Finding& finding : report.findings) {
    if (!finding.secret) {
      continue;
    }
    if (!finding.where.file.empty() && finding.where.length > 0) {
      add_range(finding);
    }
    // The excerpt holds the first bytes of a long secret, which is enough to find it elsewhere.
    if (finding.where.excerpt.marked.size() >= kHeadBytes) {
      secrets_.push_back(finding.where.excerpt.marked);
      if (finding.where.length > secrets_.back().size()) {
        cut_.insert(secrets_.back());
      }
    }
  }
  std::sort(secrets_.begin(), secrets_.end());
  secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
  for (const std::string& secret : secrets_) {
    heads_.insert(head_of(secret));
  }
  for (auto& [file, ranges] : ranges_) {
    std::sort(ranges.begin(), ranges.end(),
              [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::vector<Range> merged;
    for (const Range& range : ranges) {
      if (!merged.empty() && range.begin <= merged.back().end) {
        merged.back().end = std::max(merged.back().end, range.end);
      } else {
        merged.push_back(range);
      }
    }
    ranges = std::move(merged);
  }
}

void SecretMask::add_range(const Finding& finding) {
  const Location& where = finding.where;
  ranges_[where.file].push_back({where.offset, where.offset + where.length});
}

// Length of the longest secret that `text` starts with; of one that is known only in part, the rest
// of the word as well. A secret that is a prefix of the key sorts at or before it, and so is a
// prefix of everything between the two: if the nearest one is not it, only what both have in common
// can be.
std::size_t SecretMask::secret_length_at(std::string_view text) const {
  std::string_view key = text;
  while (key.size() >= kHeadBytes) {
    const auto after = std::upper_bound(secrets_.begin(), secrets_.end(), key);
    if (after == secrets_.begin()) {
      return 0;
    }
    const std::string& candidate = *(after - 1);
    const std::size_t shared = common_prefix(key, candidate);
    if (shared == candidate.size()) {
      return cut_.contains(candidate) ? std::min(text.find_first_of(kWordEnds, shared), text.size())
                                      : shared;
    }
    key = key.substr(0, shared);
  }
  return 0;
}

std::string SecretMask::text(std::string_view text) const {
  if (secrets_.empty() || text.size() < kHeadBytes) {
    return std::string(text);
  }
  std::string out;
  std::size_t kept = 0;
  for (std::size_t at = 0; at + kHeadBytes <= text.size();) {
    const std::size_t length =
        heads_.contains(head_of(text.substr(at))) ? secret_length_at(text.substr(at)) : 0;
    if (length == 0) {
      ++at;
      continue;
    }
    out.append(text.substr(kept, at - kept)).append(kMasked);
    at += length;
    kept = at;
  }
  out.append(text.substr(kept));
  return out;
}

std::string SecretMask::without_ranges(std::string_view bytes, std::uint64_t offset,
                                       const std::vector<Range>& ranges) const {
  const std::uint64_t end = offset + bytes.size();
  auto range = std::upper_bound(ranges.begin(), ranges.end(), offset,
                                [](std::uint64_t at, const Range& r) { return at < r.end; });
  std::string out;
  std::uint64_t kept = offset;
  for (; range != ranges.end() && range->begin < end; ++range) {
    const std::uint64_t first = std::max(range->begin, kept);
    const std::uint64_t last = std::min(range->end, end);
    if (last <= first) {
      continue;
    }
    out.append(bytes.substr(kept - offset, first - kept)).append(kMasked);
    kept = last;
  }
  out.append(bytes.substr(kept - offset));
  return out;
}

Excerpt SecretMask::excerpt(const Location& where, bool own) const {
  Excerpt out = where.excerpt;
  const auto found = ranges_.find(where.file);
  if (found != ranges_.end()) {
    const std::uint64_t before_begin =
        where.offset - std::min<std::uint64_t>(where.offset, out.before.size());
    const std::uint64_t after_begin = where.offset + out.marked.size();
    out.before = without_ranges(out.before, before_begin, found->second);
    out.marked = without_ranges(out.marked, where.offset, found->second);
    out.after = without_ranges(out.after, after_begin, found->second);
  }
  if (own && !masked_ && !out.marked.empty()) {
    out.marked = kMasked;
  }
  out.before = text(out.before);
  out.marked = text(out.marked);
  out.after = text(out.after);
  return out;
}

}  // namespace merlon
