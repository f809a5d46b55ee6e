#include "rules/matcher_place_map.h"

#include <algorithm>

namespace merlon {

void PlaceMap::linear(std::size_t at, std::size_t source) {
  if (!pieces_.empty()) {
    const Piece& last = pieces_.back();
    if (last.source_end == 0 && last.source + (at - last.at) == source) {
      return;
    }
  }
  pieces_.push_back(
      {.at = static_cast<std::uint32_t>(at), .source = static_cast<std::uint32_t>(source)});
}

void PlaceMap::block(std::size_t at, std::size_t source, std::size_t source_end) {
  pieces_.push_back({.at = static_cast<std::uint32_t>(at),
                     .source = static_cast<std::uint32_t>(source),
                     .source_end = static_cast<std::uint32_t>(std::max(source_end, source + 1))});
}

const PlaceMap::Piece* PlaceMap::piece_of(std::size_t at) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), at,
                       [](std::size_t x, const Piece& piece) { return x < piece.at; });
  return after == pieces_.begin() ? nullptr : &*(after - 1);
}

std::size_t PlaceMap::begin_of(std::size_t at) const {
  const Piece* piece = piece_of(at);
  if (piece == nullptr) {
    return at;
  }
  return piece->source_end != 0 ? piece->source : piece->source + (at - piece->at);
}

std::size_t PlaceMap::end_of(std::size_t end) const {
  if (end == 0) {
    return begin_of(0);
  }
  const Piece* piece = piece_of(end - 1);
  if (piece == nullptr) {
    return end;
  }
  return piece->source_end != 0 ? piece->source_end : piece->source + (end - piece->at);
}

}  // namespace merlon
