#include "guard/taint_memory.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostEvents = 1024;
constexpr std::size_t kMostSource = 128;
constexpr std::string_view kPrintCount = "prints";
constexpr std::string_view kForgotten = "forgotten";

/// Keys sort like the numbers.
std::string taint_key(std::uint64_t sequence) {
  const std::string digits = std::to_string(sequence);
  return std::string(20 - std::min<std::size_t>(digits.size(), 20), '0') + digits;
}

std::uint64_t counter_of(const GuardMemory& memory, std::string_view name) {
  const auto found = memory.counters.find(std::string(name));
  return found == memory.counters.end() ? 0 : found->second;
}

void forget_oldest(GuardMemory& memory) {
  const auto oldest = memory.series.begin();
  memory.counters[std::string(kPrintCount)] -= oldest->second.size();
  ++memory.counters[std::string(kForgotten)];
  memory.texts.erase(oldest->first);
  memory.series.erase(oldest);
}

/// Few against many by search, many against many side by side.
std::size_t count_common(std::span<const std::int64_t> few, std::span<const std::int64_t> many) {
  if (few.size() > many.size()) {
    std::swap(few, many);
  }
  constexpr std::size_t kSearchSteps = 12;
  std::size_t common = 0;
  if (few.size() * kSearchSteps < many.size()) {
    for (const std::int64_t print : few) {
      common += std::binary_search(many.begin(), many.end(), print) ? 1U : 0U;
    }
    return common;
  }
  auto at = many.begin();
  for (const std::int64_t print : few) {
    while (at != many.end() && *at < print) {
      ++at;
    }
    common += at != many.end() && *at == print ? 1U : 0U;
  }
  return common;
}

}  // namespace

void remember_taint(GuardMemory& memory, std::uint64_t sequence, std::string_view source,
                    std::vector<std::int64_t> prints, std::size_t most) {
  if (prints.empty()) {
    return;
  }
  if (prints.size() > most) {
    // One answer alone is too much: a part of it is remembered, and that the rest is not is
    // counted.
    prints.resize(most);
    ++memory.counters[std::string(kForgotten)];
  }
  std::uint64_t& held = memory.counters[std::string(kPrintCount)];
  held += prints.size();
  const std::string key = taint_key(sequence);
  memory.texts[key] = shorten(source, kMostSource);
  memory.series[key] = std::move(prints);
  while (memory.series.size() > 1 && (held > most || memory.series.size() > kMostEvents)) {
    forget_oldest(memory);
  }
}

std::vector<TaintMatch> find_taint(const GuardMemory& memory,
                                   std::span<const std::int64_t> prints) {
  std::vector<TaintMatch> out;
  for (const auto& [key, known] : memory.series) {
    const std::size_t common = count_common(prints, known);
    if (common == 0) {
      continue;
    }
    const std::string_view digits =
        std::string_view(key).substr(std::min(key.find_first_not_of('0'), key.size() - 1));
    const auto source = memory.texts.find(key);
    out.push_back({.sequence = parse_unsigned(digits).value_or(0),
                   .source = source == memory.texts.end() ? std::string() : source->second,
                   .prints = common});
  }
  return out;
}

bool has_taint(const GuardMemory& memory) {
  return !memory.series.empty() || forgotten_taint(memory) != 0;
}

std::uint64_t forgotten_taint(const GuardMemory& memory) {
  return counter_of(memory, kForgotten);
}

}  // namespace merlon
