#include "guard/long_texts.h"

namespace merlon {

const LongText* LongTexts::of(const Document& document, NodeId string) {
  const std::size_t size = document.raw(string).size();
  if (size < kLong) {
    return nullptr;
  }
  const auto known = texts_.find(string);
  if (known != texts_.end()) {
    return &known->second;
  }
  if (size > kMostKept - kept_) {
    return nullptr;
  }
  kept_ += size;
  LongText& text = texts_[string];
  text.text = document.text(string, text.scratch);
  text.folded.assign(text.text);
  return &text;
}

void LongTexts::clear() {
  texts_.clear();
  kept_ = 0;
}

}  // namespace merlon
