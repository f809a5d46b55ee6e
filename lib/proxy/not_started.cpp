#include "proxy/not_started.h"

#include <cerrno>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "mcp/line_framer.h"
#include "mcp/lost_id.h"
#include "mcp/message_codec.h"
#include "proxy/output_stream.h"
#include "proxy/proxy_answer.h"

namespace merlon {
namespace {

constexpr std::size_t kNotStartedRead = 64U << 10U;

/// Who waits for an answer to this line: the id as JSON; empty: nobody.
std::string waiting_id(const std::string& line) {
  const auto message = parse_message(line, Direction::kToServer, {});
  if (!message) {
    const std::string id = lost_id(line);
    return id == "null" ? std::string() : id;
  }
  return message->kind == MessageKind::kRequest ? std::string(message->document.raw(message->id))
                                                : std::string();
}

}  // namespace

void answer_not_started(int input, int output, const std::string& why,
                        const NotStartedBounds& bounds) {
  ::signal(SIGPIPE, SIG_IGN);
  OutputStream out = OutputStream::standard(output, OutputStream::After::kNull);
  LineFramer framer(bounds.line_bytes);
  while (out.open()) {
    pollfd watched{.fd = input, .events = POLLIN, .revents = 0};
    const int count = ::poll(&watched, 1, static_cast<int>(bounds.patience.count()));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    const auto room = framer.room(kNotStartedRead);
    const ssize_t got = count > 0 ? ::read(input, room.data(), room.size()) : 0;
    if (got <= 0) {
      return;
    }
    framer.commit(static_cast<std::size_t>(got));
    std::string line;
    for (auto next = framer.next(line); next != LineFramer::Next::kNeedMore;
         next = framer.next(line)) {
      const std::string id = next == LineFramer::Next::kLine ? waiting_id(line) : std::string();
      if (!id.empty()) {
        out.add_line(not_started_answer(id, why));
      }
    }
    static_cast<void>(out.flush());
  }
}

}  // namespace merlon
