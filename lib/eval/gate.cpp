#include "eval/gate.h"

#include <charconv>

#include "base/statistics.h"

namespace merlon {
namespace {

Result<Gate> parse(std::string_view word, std::string_view row, RowKind kind) {
  const std::string_view all = word;
  Gate gate;
  gate.kind = kind;
  gate.row = row;
  if (const std::size_t equals = word.rfind('='); equals != std::string_view::npos) {
    gate.row = word.substr(0, equals);
    word.remove_prefix(equals + 1);
  }
  const bool percent = word.ends_with('%');
  if (percent) {
    word.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), gate.bound);
  if (error != std::errc() || end != word.data() + word.size() || !(gate.bound >= 0) ||
      gate.row.empty()) {
    return fail(ErrorCode::kUsage, "`", all, "` is not [ROW=]NUMBER or [ROW=]NUMBER%");
  }
  gate.share = percent || kind == RowKind::kCaught;
  if (gate.share) {
    gate.bound /= 100;
  }
  return gate;
}

}  // namespace

Result<Gate> parse_min_recall(std::string_view word) {
  return parse(word, "poisoned", RowKind::kCaught);
}

Result<Gate> parse_max_alarms(std::string_view word) {
  return parse(word, "benign", RowKind::kAlarm);
}

GateAnswer judge_gate(const Gate& gate, const EvalReport& report) {
  const EvalRow* row = report.find(gate.row);
  if (row == nullptr || row->kind != gate.kind || row->cases == 0) {
    return {.state = GateState::kNoRow, .text = "the corpora have no cases for `" + gate.row + "`"};
  }
  const double share = static_cast<double>(row->hits) / static_cast<double>(row->cases);
  const double value = gate.share ? share : static_cast<double>(row->hits);
  const bool caught = gate.kind == RowKind::kCaught;
  const bool holds = caught ? value >= gate.bound : value <= gate.bound;
  std::string text = gate.row + ": " + std::to_string(row->hits) + "/" +
                     std::to_string(row->cases) + " (" + per_cent(share, 2) + " %), " +
                     (caught ? "at least " : "at most ");
  text += gate.share ? per_cent(gate.bound, 2) + " %"
                     : std::to_string(static_cast<std::uint64_t>(gate.bound));
  return {.state = holds ? GateState::kHolds : GateState::kFails,
          .text = text + (holds ? ": holds" : ": missed")};
}

}  // namespace merlon
