#pragma once
/// Makes zip archives for tests, right ones and wrong ones.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon::test {

class ZipBuilder {
 public:
  struct Entry {
    std::string name;
    std::string bytes;
    bool deflate{true};
    std::uint32_t unix_mode{0100644};
    std::string local_name;  ///< empty: the same
    std::uint16_t flags{0};
    std::int64_t header_offset{-1};      ///< where the central directory points; -1: at the entry
    std::uint32_t unpacked{0xFFFFFFFE};  ///< the size it says; the default means the true one
    std::uint16_t method{0xFFFF};        ///< the method it says; the default means the true one
  };

  ZipBuilder& add(Entry entry) {
    entries_.push_back(std::move(entry));
    return *this;
  }
  ZipBuilder& add(std::string name, std::string bytes) {
    return add(Entry{.name = std::move(name), .bytes = std::move(bytes)});
  }
  [[nodiscard]] std::string build() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace merlon::test
