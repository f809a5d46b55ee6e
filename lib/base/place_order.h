#pragma once
/// The order in which people read problems of a file: by place.
#include <algorithm>
#include <tuple>
#include <vector>

#include "base/location.h"

namespace merlon {

/// Sorts things that have a Location `where` by file, line and column; those at one place stay in
/// the order in which they were found.
template <class Placed>
void sort_by_place(std::vector<Placed>& things) {
  const auto key = [](const Location& at) { return std::tie(at.file, at.line, at.column); };
  std::stable_sort(things.begin(), things.end(),
                   [&](const Placed& a, const Placed& b) { return key(a.where) < key(b.where); });
}

}  // namespace merlon
