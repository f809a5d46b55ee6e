#include "eval/eval_table.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/json/json_writer.h"
#include "base/statistics.h"
#include "base/text.h"

namespace merlon {
namespace {

/// One row in words.
struct Cells {
  std::string id;
  std::string count;
  std::string share;
  std::string interval;
};

double share_of(const EvalRow& row) {
  return row.cases == 0 ? 0 : static_cast<double>(row.hits) / static_cast<double>(row.cases);
}

Cells cells_of(const EvalRow& row) {
  const int digits = row.kind == RowKind::kAlarm ? 2 : 1;
  const Interval interval = wilson_interval(row.hits, row.cases);
  return {.id = row.id,
          .count = std::to_string(row.hits) + "/" + std::to_string(row.cases),
          .share = per_cent(share_of(row), digits) + " %",
          .interval = per_cent(interval.low, digits) + " to " + per_cent(interval.high, digits)};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) {
    text.append(width - text.size(), ' ');
  }
  return text;
}

/// Rules that no case fires first, then by name. Nothing when coverage was not asked for.
std::string coverage_text(const EvalReport& report, std::string_view title, std::string_view begin,
                          std::string_view between) {
  if (report.coverage.empty()) {
    return {};
  }
  std::string unseen;
  std::string seen;
  std::size_t fired = 0;
  for (const auto& [rule, cases] : report.coverage) {
    fired += cases != 0 ? 1U : 0U;
    const std::string line =
        std::string(begin) + rule + std::string(between) + std::to_string(cases);
    (cases == 0 ? unseen : seen) += line + (begin == "| " ? " |\n" : "\n");
  }
  return std::string(title) + unseen + seen + "\n" + std::to_string(fired) + " of " +
         counted(report.coverage.size(), "rule") + " fired\n";
}

std::string alarms_per_thousand(const EvalReport& report) {
  const EvalRow* benign = report.find("benign");
  return benign == nullptr ? "" : per_cent(share_of(*benign) * 10, 2);
}

constexpr std::array<std::pair<RowKind, std::string_view>, 2> kGroups{
    {{RowKind::kAlarm, "Alarms on harmless cases"}, {RowKind::kCaught, "Attacks caught"}}};

std::string counted_rules(const std::vector<std::string>& rules) {
  return rules.empty() ? std::string("nothing") : join(rules, ", ");
}

}  // namespace

std::string write_eval_text(const EvalReport& report, ShowMisses misses) {
  std::string out =
      "rules " + report.pack.version + ", half " + report.half + ", intervals: Wilson, 95 %\n";
  for (const auto& [kind, title] : kGroups) {
    out += "\n" + std::string(title) + "\n";
    for (const EvalRow& row : report.rows) {
      if (row.kind != kind) {
        continue;
      }
      const Cells cells = cells_of(row);
      out += "  " + padded(cells.id, 34) + padded(cells.count, 12) + padded(cells.share, 10) +
             cells.interval + "\n";
    }
  }
  if (const std::string alarms = alarms_per_thousand(report); !alarms.empty()) {
    out += "\nalarms per 1,000 unique tools: " + alarms + "\n";
  }
  out += "precision on this mixture: " + per_cent(report.precision, 1) + " %\n";
  if (!report.alarms.empty()) {
    out += "\nRules that fired on harmless cases (tools, texts)\n";
    for (const auto& [rule, count] : report.alarms) {
      out += "  " + padded(rule, 34) + std::to_string(count.tools) + ", " +
             std::to_string(count.texts) + "\n";
    }
  }
  out += coverage_text(report, "\nRules and the cases they were seen in\n", "  ", "  ");
  if (misses == ShowMisses::kYes) {
    out += "\nWrong\n";
    for (const EvalMiss& miss : report.misses) {
      out += "  " + escape_for_display(miss.place) + "  " + escape_for_display(miss.row) + "  " +
             counted_rules(miss.rules) + "\n";
    }
  }
  return out;
}

std::string write_eval_json(const EvalReport& report, ShowMisses misses) {
  JsonWriter writer(JsonStyle::kPretty);
  writer.begin_object().field("format", 1).field("half", report.half);
  writer.key("rules")
      .begin_object()
      .field("name", report.pack.name)
      .field("version", report.pack.version);
  writer.field("digest", report.pack.digest).end_object();
  writer.field("benignRows", report.benign_rows);
  writer.key("precision").number(report.precision);
  writer.key("rows").begin_array();
  for (const EvalRow& row : report.rows) {
    const Interval interval = wilson_interval(row.hits, row.cases);
    writer.begin_object().field("id", row.id);
    writer.field("kind", row.kind == RowKind::kCaught ? "caught" : "alarm");
    writer.field("hits", row.hits).field("cases", row.cases);
    writer.key("share").number(share_of(row));
    writer.key("low").number(interval.low).key("high").number(interval.high).end_object();
  }
  writer.end_array().key("alarms").begin_array();
  for (const auto& [rule, count] : report.alarms) {
    writer.begin_object()
        .field("rule", rule)
        .field("tools", count.tools)
        .field("texts", count.texts)
        .end_object();
  }
  writer.end_array();
  if (!report.coverage.empty()) {
    writer.key("coverage").begin_object();
    for (const auto& [rule, cases] : report.coverage) {
      writer.field(rule, cases);
    }
    writer.end_object();
  }
  if (misses == ShowMisses::kYes) {
    writer.key("wrong").begin_array();
    for (const EvalMiss& miss : report.misses) {
      writer.begin_object()
          .field("place", miss.place)
          .field("row", miss.row)
          .key("rules")
          .begin_array();
      for (const std::string& rule : miss.rules) {
        writer.string(rule);
      }
      writer.end_array().end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return std::move(writer).take() + "\n";
}

std::string write_eval_markdown(const EvalReport& report, ShowMisses misses) {
  std::string out = "Rules " + report.pack.version + ", half " + report.half + ".\n";
  for (const auto& [kind, title] : kGroups) {
    out += "\n### " + std::string(title) +
           "\n\n| row | count | share | 95 % interval |\n| --- | --: | --: | --: |\n";
    for (const EvalRow& row : report.rows) {
      if (row.kind != kind) {
        continue;
      }
      const Cells cells = cells_of(row);
      out += "| `" + cells.id + "` | " + cells.count + " | " + cells.share + " | " +
             cells.interval + " |\n";
    }
  }
  if (const std::string alarms = alarms_per_thousand(report); !alarms.empty()) {
    out += "\nAlarms per 1,000 unique tools: " + alarms +
           ". Precision on this mixture: " + per_cent(report.precision, 1) + " %.\n";
  }
  if (!report.alarms.empty()) {
    out +=
        "\n### Rules that fired on harmless cases\n\n| rule | tools | texts |\n| --- | --: | --: "
        "|\n";
    for (const auto& [rule, count] : report.alarms) {
      out += "| `" + rule + "` | " + std::to_string(count.tools) + " | " +
             std::to_string(count.texts) + " |\n";
    }
  }
  out += coverage_text(
      report, "\n### Rules and the cases they were seen in\n\n| rule | cases |\n| --- | --: |\n",
      "| ", " | ");
  if (misses == ShowMisses::kYes) {
    out += "\n### Wrong\n\n| place | row | found |\n| --- | --- | --- |\n";
    for (const EvalMiss& miss : report.misses) {
      out += "| " + escape_for_display(miss.place) + " | `" + escape_for_display(miss.row) +
             "` | " + counted_rules(miss.rules) + " |\n";
    }
  }
  return out;
}

}  // namespace merlon
