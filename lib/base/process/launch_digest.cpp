#include "base/process/launch_digest.h"

#include "base/digest/digest.h"

namespace merlon {

std::string launch_digest(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(std::to_string(word.size())).append(":").append(word).append(",");
  }
  return "sha256:" + sha256_hex(text);
}

}  // namespace merlon
