#pragma once
/// The data types of SSH (RFC 4251): what keys and signatures are made of.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// Reads from the front. Once something does not fit, everything after it is nothing as well.
class SshWireReader {
 public:
  explicit SshWireReader(std::string_view bytes) : rest_(bytes) {}

  /// A length of four bytes, then as many bytes. A view into what is read.
  [[nodiscard]] std::optional<std::string_view> string();
  [[nodiscard]] std::optional<std::uint32_t> number();
  [[nodiscard]] std::optional<std::uint8_t> byte();
  /// True when nothing is left over and all that was asked for was there.
  [[nodiscard]] bool at_end() const { return !failed_ && rest_.empty(); }

 private:
  std::optional<std::string_view> take(std::size_t size);

  std::string_view rest_;
  bool failed_{false};
};

void append_ssh_string(std::string& out, std::string_view text);
void append_ssh_number(std::string& out, std::uint32_t number);

}  // namespace merlon
