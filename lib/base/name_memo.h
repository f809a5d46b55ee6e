#pragma once
/// Answers of a pure function about short names that come again and again: a message's keys are
/// few, and the same call names them each time.
///
///   thread_local NameMemo<Role> memo;
///   return memo.get(name, [](std::string_view asked) { return find_role(asked); });
///
/// A fixed number of slots, each with the name that came last: bounded, and no name can make
/// another one's answer wrong. Names that are longer than kLongestName are not kept. One thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace merlon {

template <class Answer>
class NameMemo {
 public:
  static constexpr std::size_t kSlots = 64;  // a power of two
  static constexpr std::size_t kLongestName = 23;

  /// `find(name)`, or what it answered before.
  template <class Find>
  [[nodiscard]] Answer get(std::string_view name, Find find) {
    if (name.size() > kLongestName) {
      return find(name);
    }
    Slot& slot = slots_[slot_of(name)];
    if (!slot.answer || slot.size != name.size() ||
        std::memcmp(slot.name.data(), name.data(), name.size()) != 0) {
      slot.answer = find(name);
      slot.size = static_cast<std::uint8_t>(name.size());
      name.copy(slot.name.data(), name.size());
    }
    return *slot.answer;
  }

 private:
  struct Slot {
    std::array<char, kLongestName> name{};
    std::uint8_t size{0};
    std::optional<Answer> answer;
  };

  /// FNV-1a.
  static std::size_t slot_of(std::string_view name) {
    std::uint32_t hash = 0x811C9DC5U;
    for (const char c : name) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    }
    return (hash ^ (hash >> 16U)) % kSlots;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace merlon
