#include "manifest/shell_words.h"

#include "base/text.h"

namespace merlon {
namespace {

bool is_shell_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Bytes of an unquoted Windows program at the start that has blanks in it; 0 when there is none.
std::size_t windows_program_length(std::string_view line) {
  if (line.size() < 3 || line[1] != ':' || line[2] != '\\') {
    return 0;
  }
  const std::size_t exe = to_lower_ascii(line).find(".exe");
  return exe == std::string::npos ? 0 : exe + 4;
}

/// Collects words; a word may be made of quoted and plain pieces.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  std::vector<std::string> run() {
    if (const std::size_t length = windows_program_length(line_); length != 0) {
      words_.emplace_back(line_.substr(0, length));
      at_ = length;
    }
    while (at_ < line_.size()) {
      step();
    }
    finish();
    return std::move(words_);
  }

 private:
  void step() {
    const char c = line_[at_];
    if (is_shell_blank(c)) {
      finish();
      ++at_;
    } else if (c == '\'' || c == '"') {
      take_quoted(c);
    } else {
      take_plain();
    }
  }

  void take_quoted(char quote) {
    open_ = true;
    for (++at_; at_ < line_.size() && line_[at_] != quote; ++at_) {
      if (quote == '"' && line_[at_] == '\\' && at_ + 1 < line_.size() &&
          (line_[at_ + 1] == '"' || line_[at_ + 1] == '\\')) {
        ++at_;
      }
      word_.push_back(line_[at_]);
    }
    ++at_;
  }

  void take_plain() {
    open_ = true;
    if (line_[at_] == '\\' && at_ + 1 < line_.size()) {
      const char next = line_[at_ + 1];
      if (is_shell_blank(next) || next == '\'' || next == '"' || next == '\\') {
        ++at_;
      }
    }
    word_.push_back(line_[at_++]);
  }

  void finish() {
    if (open_) {
      words_.push_back(std::move(word_));
    }
    word_.clear();
    open_ = false;
  }

  std::string_view line_;
  std::size_t at_{0};
  std::vector<std::string> words_;
  std::string word_;
  bool open_{false};
};

}  // namespace

std::vector<std::string> split_shell_words(std::string_view line) {
  return Splitter(line).run();
}

}  // namespace merlon
