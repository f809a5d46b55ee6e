#include "rules/matcher_reading.h"

#include <algorithm>

#include "base/regex/folded_text.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxReadings = 64;

}  // namespace

void Readings::assign(std::string_view raw) {
  readings_.clear();
  bytes_left_ = limits_.decode_bytes;
  Reading first;
  first.raw = raw;
  readings_.push_back(std::move(first));
}

void Readings::add(Reading reading) {
  const std::string_view text = reading.own;
  const bool known = std::any_of(readings_.begin(), readings_.end(),
                                 [&](const Reading& r) { return r.text() == text; });
  if (!known && readings_.size() < kMaxReadings) {
    readings_.push_back(std::move(reading));
  }
}

void Readings::add_normalised(std::size_t index, std::string_view folded) {
  const Reading& from = readings_[index];
  for (DerivedText& derived : normalise(from.text())) {
    if (fold_text(derived.text) == folded) {
      continue;
    }
    Reading out;
    out.view = from.view == TextView::kRaw ? TextView::kNormalised : TextView::kDecoded;
    out.own = std::move(derived.text);
    out.parent = index;
    out.places = std::move(derived.places);
    out.layers = from.layers;
    out.depth = from.depth;
    out.normalised = true;
    add(std::move(out));
  }
}

void Readings::add_decoded(std::size_t index, DecodedText decoded) {
  const Reading& from = readings_[index];
  bytes_left_ -= std::min(bytes_left_, decoded.derived.text.size());
  Reading out;
  out.view = TextView::kDecoded;
  out.own = std::move(decoded.derived.text);
  out.parent = index;
  out.places = std::move(decoded.derived.places);
  out.layers = from.layers;
  out.layers.insert(out.layers.end(), decoded.layers.begin(), decoded.layers.end());
  out.depth = from.depth + 1;
  add(std::move(out));
}

void Readings::derive(std::size_t index, std::string_view folded, bool looks_rot13) {
  if (!readings_[index].normalised && may_change_when_normalised(readings_[index].text())) {
    add_normalised(index, folded);
  }
  if (readings_[index].depth >= limits_.decode_depth || bytes_left_ == 0) {
    return;
  }
  if (may_be_encoded(readings_[index].text())) {
    for (DecodedText& decoded : decode_layer(readings_[index].text(), bytes_left_)) {
      add_decoded(index, std::move(decoded));
    }
  }
  if (looks_rot13 && readings_[index].text().size() <= bytes_left_) {
    add_decoded(index, decode_rot13(readings_[index].text()));
  }
}

std::pair<std::size_t, std::size_t> Readings::raw_place(std::size_t index, std::size_t begin,
                                                        std::size_t end) const {
  while (readings_[index].view != TextView::kRaw) {
    const Reading& reading = readings_[index];
    begin = reading.places.begin_of(begin);
    end = std::max(reading.places.end_of(end), begin);
    index = reading.parent;
  }
  const std::size_t size = readings_[index].raw.size();
  return {std::min(begin, size), std::min(end, size)};
}

}  // namespace merlon
