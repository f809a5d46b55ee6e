#pragma once
/// SHA-256, the only digest of merlon. Door to OpenSSL's low-level functions.
///
/// The EVP interface costs 0.8 ms at the first digest of a process, which is a sixth of a whole
/// `scan`; the low-level one costs 0.03 ms.
///
///   std::string hex = sha256_hex("abc");   // ba7816bf...
///
/// Pure; safe from many threads.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace merlon {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
/// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Sha256& digest);

/// The same over bytes that come in pieces. One object, one thread.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  ~Sha256Stream();

  void update(std::string_view bytes);
  /// The digest of all that came; the stream then starts anew.
  [[nodiscard]] Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace merlon
