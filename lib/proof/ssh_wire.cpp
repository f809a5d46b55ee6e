#include "proof/ssh_wire.h"

namespace merlon {

std::optional<std::string_view> SshWireReader::take(std::size_t size) {
  if (failed_ || size > rest_.size()) {
    failed_ = true;
    return std::nullopt;
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::optional<std::uint32_t> SshWireReader::number() {
  const auto bytes = take(sizeof(std::uint32_t));
  if (!bytes) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char c : *bytes) {
    value = (value << 8U) | static_cast<unsigned char>(c);
  }
  return value;
}

std::optional<std::string_view> SshWireReader::string() {
  const auto size = number();
  return size ? take(*size) : std::nullopt;
}

std::optional<std::uint8_t> SshWireReader::byte() {
  const auto bytes = take(1);
  return bytes ? std::optional(static_cast<std::uint8_t>(bytes->front())) : std::nullopt;
}

void append_ssh_number(std::string& out, std::uint32_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<char>((number >> shift) & 0xFFU));
  }
}

void append_ssh_string(std::string& out, std::string_view text) {
  append_ssh_number(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

}  // namespace merlon
