#include "mcp/line_framer.h"

#include <algorithm>
#include <cstring>

namespace merlon {
namespace {

/// Lines from this size on are handed over with their buffer.
constexpr std::size_t kHandOver = 256U << 10U;

}  // namespace

void LineFramer::drop_consumed() {
  if (begin_ == end_) {
    begin_ = end_ = searched_ = 0;
  } else if (begin_ >= buffer_.size() / 2) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
}

std::span<char> LineFramer::room(std::size_t size) {
  drop_consumed();
  if (buffer_.size() - end_ < size) {
    buffer_.resize(std::max(end_ + size, buffer_.size() + (buffer_.size() / 2)));
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void LineFramer::commit(std::size_t size) {
  end_ += size;
}

void LineFramer::append(std::string_view bytes) {
  std::memcpy(room(bytes.size()).data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

void LineFramer::hand_over(std::size_t line_end, std::string& line) {
  const std::string after = buffer_.substr(line_end + 1, end_ - line_end - 1);
  line = std::move(buffer_);
  line.resize(line_end);
  buffer_ = after;
  begin_ = searched_ = 0;
  end_ = buffer_.size();
}

LineFramer::Next LineFramer::next(std::string& line) {
  for (;;) {
    const void* const found = std::memchr(buffer_.data() + searched_, '\n', end_ - searched_);
    if (found == nullptr) {
      searched_ = end_;
      if (skipping_) {
        begin_ = end_;
        return Next::kNeedMore;
      }
      long_begin_ = begin_;
      long_size_ = end_ - begin_;
      skipping_ = long_size_ > max_line_;
      return skipping_ ? Next::kLineTooLong : Next::kNeedMore;
    }
    const auto line_end =
        static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    const std::size_t length = line_end - begin_;
    if (!skipping_ && length <= max_line_) {
      if (begin_ == 0 && length >= kHandOver) {
        hand_over(line_end, line);
        return Next::kLine;
      }
      line.assign(buffer_, begin_, length);
    }
    long_begin_ = begin_;
    long_size_ = length;
    begin_ = searched_ = line_end + 1;
    if (skipping_) {
      skipping_ = false;
      continue;
    }
    return length <= max_line_ ? Next::kLine : Next::kLineTooLong;
  }
}

}  // namespace merlon
