#include "progress.h"

#include <ostream>

#include "base/text.h"

namespace merlon::cli {
namespace {

constexpr std::chrono::steady_clock::duration kFirst = std::chrono::seconds(1);
constexpr std::chrono::steady_clock::duration kInterval = std::chrono::milliseconds(100);
/// A line that wraps could not be taken back with a carriage return.
constexpr std::size_t kColumns = 79;

std::string first_columns(const std::string& line) {
  std::string out;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < line.size() && columns < kColumns; ++columns) {
    append_utf8(out, next_code_point(line, at));
  }
  return out;
}

}  // namespace

Progress::Progress(Env& env, std::string_view doing)
    : env_(env), doing_(doing), next_(now() + kFirst.count()) {}

Progress::~Progress() {
  clear();
}

Progress::Ticks Progress::now() const {
  return env_.clock.steady().time_since_epoch().count();
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::string_view item) {
  if (!env_.err_is_terminal) {
    return;
  }
  const Ticks at = now();
  Ticks expected = next_.load(std::memory_order_relaxed);
  // Whoever moves the time of the next drawing draws; all others go on with their work.
  if (at < expected || !next_.compare_exchange_strong(expected, at + kInterval.count())) {
    return;
  }
  std::string line = "merlon: " + doing_ + " " + std::to_string(done);
  if (total != 0) {
    line += " of " + std::to_string(total);
  }
  if (!item.empty()) {
    line += " " + escape_for_display(item);
  }
  draw(first_columns(line));
}

void Progress::clear() {
  draw("");
}

void Progress::draw(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (line.empty() && shown_ == 0) {
    return;
  }
  const std::size_t columns = count_code_points(line);
  // Blanks and not an escape sequence: this works on every terminal.
  const std::size_t blanks = shown_ > columns ? shown_ - columns : 0;
  env_.err << '\r' << line << std::string(blanks, ' ');
  if (line.empty()) {
    env_.err << '\r';
  }
  env_.err.flush();
  shown_ = columns;
}

}  // namespace merlon::cli
