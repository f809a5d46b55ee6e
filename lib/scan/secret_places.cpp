#include "scan/secret_places.h"

#include <algorithm>

#include "base/text.h"

namespace merlon {
namespace {

/// Where the excerpt's marked part starts: a place on a line's end is shown at the end of the
/// line's text.
std::uint64_t marked_begin(std::string_view bytes, std::uint64_t offset) {
  const bool on_line_feed = offset < bytes.size() && bytes[offset] == '\n';
  return on_line_feed && offset > 0 && bytes[offset - 1] == '\r' ? offset - 1 : offset;
}

}  // namespace

void SecretPlaces::add(std::uint64_t begin, std::uint64_t end) {
  if (begin < end) {
    ranges_.emplace_back(begin, end);
  }
}

void SecretPlaces::finish() {
  std::sort(ranges_.begin(), ranges_.end());
  std::vector<std::pair<std::uint64_t, std::uint64_t>> merged;
  for (const auto& range : ranges_) {
    if (!merged.empty() && range.first < merged.back().second) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  ranges_ = std::move(merged);
}

std::string SecretPlaces::masked(std::string_view bytes, std::uint64_t begin,
                                 std::uint64_t end) const {
  auto range = std::upper_bound(ranges_.begin(), ranges_.end(), begin,
                                [](std::uint64_t at, const auto& r) { return at < r.second; });
  std::string out;
  std::uint64_t at = begin;
  for (; range != ranges_.end() && range->first < end; ++range) {
    if (range->first > at) {
      out.append(bytes.substr(at, range->first - at));
    }
    out.append(mask_secret(bytes.substr(range->first, range->second - range->first)));
    at = std::min(range->second, end);
  }
  out.append(bytes.substr(at, end - at));
  return out;
}

void SecretPlaces::mask(const SourceText& source, Location& where) const {
  if (ranges_.empty()) {
    return;
  }
  Excerpt& excerpt = where.excerpt;
  const std::uint64_t marked = marked_begin(source.bytes(), where.offset);
  const std::uint64_t before = marked - std::min<std::uint64_t>(marked, excerpt.before.size());
  const std::uint64_t after = marked + excerpt.marked.size();
  const std::uint64_t end = after + excerpt.after.size();
  excerpt.before = masked(source.bytes(), before, marked);
  excerpt.marked = masked(source.bytes(), marked, after);
  excerpt.after = masked(source.bytes(), after, end);
}

void SecretTexts::add(std::string_view secret) {
  if (secret.size() >= kShortest) {
    secrets_.emplace(secret.substr(0, kIndexed));
  }
}

void SecretTexts::finish() {
  for (const std::string& secret : secrets_) {
    const std::size_t window = std::min(secret.size(), kWindow);
    for (std::size_t at = 0; at + window <= secret.size(); ++at) {
      windows_[window].insert(std::string_view(secret).substr(at, window));
    }
  }
}

std::size_t SecretTexts::match_at(std::string_view text, std::size_t at) const {
  for (std::size_t window = kWindow; window >= kShortest; --window) {
    if (!windows_[window].empty() && at + window <= text.size() &&
        windows_[window].contains(text.substr(at, window))) {
      return window;
    }
  }
  return 0;
}

std::string SecretTexts::mask(std::string_view text) const {
  if (secrets_.empty()) {
    return std::string(text);
  }
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + match_at(text, at);
    if (end == at) {
      out.push_back(text[at++]);
      continue;
    }
    for (std::size_t next = at + 1; next < end; ++next) {
      end = std::max(end, next + match_at(text, next));
    }
    const std::string run(text.substr(at, end - at));
    // The piece of a secret that does not start where the secret starts shows nothing at all.
    out.append(secrets_.contains(run) ? mask_secret(run) : "…(" + std::to_string(run.size()) + ")");
    at = end;
  }
  return out;
}

}  // namespace merlon
