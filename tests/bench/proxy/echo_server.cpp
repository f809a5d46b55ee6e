// The server behind the proxy benchmark: enough MCP to be initialized and listed, and fast. Each
// tools/call is answered with a text as long as its argument `message`, every other request with an
// empty result.
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace {

constexpr std::size_t kChunk = 1 << 20;
// What is looked for stands in front of the arguments.
constexpr std::size_t kHead = 200;
constexpr std::string_view kInitialized =
    R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}})";
constexpr std::string_view kTools =
    R"({"tools":[{"name":"echo","description":"Gives back its input","inputSchema":{"type":"object"}}]})";

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count <= 0) {
      ::_exit(1);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// The bytes between `before` and the next byte of `ends`.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view ends) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find_first_of(ends));
}

void answer(std::string_view line, std::string& out) {
  const std::string_view head = line.substr(0, kHead);
  const auto id = between(head, "\"id\":", ",}");
  const auto method = between(head, "\"method\":\"", "\"");
  if (!id || !method) {
    return;
  }
  out.append(R"({"jsonrpc":"2.0","id":)").append(*id).append(R"(,"result":)");
  if (*method == "tools/call") {
    constexpr std::string_view kBefore = "\"message\":\"";
    constexpr std::size_t kAfter = std::string_view("\"}}}").size();
    const std::size_t begin = head.find(kBefore) + kBefore.size();
    out.append(R"({"content":[{"type":"text","text":")")
        .append(line.substr(begin, line.size() - begin - kAfter))
        .append("\"}]}");
  } else if (*method == "initialize") {
    out.append(kInitialized);
  } else if (*method == "tools/list") {
    out.append(kTools);
  } else {
    out.append("{}");
  }
  out.append("}\n");
}

}  // namespace

int main() {
  std::string input;
  std::string out;
  std::size_t scanned = 0;
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count <= 0) {
      return 0;
    }
    input.append(chunk, 0, static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = input.find('\n', scanned); end != std::string::npos;
         end = input.find('\n', begin)) {
      answer(std::string_view(input).substr(begin, end - begin), out);
      begin = end + 1;
    }
    input.erase(0, begin);
    scanned = input.size();
    write_all(out);
    out.clear();
  }
}
