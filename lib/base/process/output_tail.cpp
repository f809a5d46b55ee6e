#include "base/process/output_tail.h"

#include <algorithm>

#include "base/text.h"

namespace merlon {

void OutputTail::append(std::string_view bytes) {
  total_ += bytes.size();
  if (bytes.size() > capacity_) {
    bytes.remove_prefix(bytes.size() - capacity_);
  }
  if (kept_.size() + bytes.size() > capacity_ * 2) {
    kept_.erase(0, kept_.size() - std::min(kept_.size(), capacity_ - bytes.size()));
  }
  kept_.append(bytes);
}

std::vector<std::string> OutputTail::last_lines(std::size_t max_lines) const {
  std::string_view text = kept_;
  if (text.size() > capacity_) {
    text.remove_prefix(text.size() - capacity_);
  }
  const bool cut = total_ > text.size();
  std::vector<std::string> lines;
  bool first = true;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view trimmed = trim(line);
    if (!trimmed.empty()) {
      lines.push_back((first && cut ? "…" : "") + std::string(trimmed));
    }
    first = false;
  }
  if (lines.size() > max_lines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(max_lines));
  }
  return lines;
}

}  // namespace merlon
