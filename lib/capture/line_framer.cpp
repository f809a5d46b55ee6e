#include "capture/line_framer.h"

namespace merlon {

void LineFramer::append(std::string_view bytes) {
  total_ += bytes.size();
  // Once over the limit nothing is kept: the next call of `next` says so.
  if (total_ > max_total_) {
    return;
  }
  if (begin_ > 0 && begin_ >= buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  buffer_.append(bytes);
}

LineFramer::Next LineFramer::next(std::string& line) {
  const std::size_t end = buffer_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = buffer_.size();
    if (searched_ - begin_ > max_line_) {
      return Next::kLineTooLong;
    }
    return total_ > max_total_ ? Next::kTooMuch : Next::kNeedMore;
  }
  if (end - begin_ > max_line_) {
    return Next::kLineTooLong;
  }
  std::size_t length = end - begin_;
  if (length > 0 && buffer_[end - 1] == '\r') {
    --length;
  }
  line.assign(buffer_, begin_, length);
  begin_ = end + 1;
  searched_ = begin_;
  return Next::kLine;
}

}  // namespace merlon
