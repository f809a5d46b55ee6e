#include "guard/category_exceptions.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.h"
#include "base/timestamp.h"
#include "capability/action_tier.h"

namespace merlon {
namespace {

constexpr std::string_view kExceptionTable = "exception";
constexpr std::array<std::string_view, 6> kExceptionKeys{"tool",  "server", "categories",
                                                         "until", "owner",  "reason"};
constexpr std::size_t kExceptionWordsShown = 120;

class ExceptionReader {
 public:
  ExceptionReader(TableReader& reader, NodeId node) : reader_(reader), node_(node) {}

  CategoryException run() {
    reader_.check_keys(node_, kExceptionKeys, "`[[guard.config.exception]]`");
    CategoryException out;
    out.tool = wanted("tool");
    out.server = reader_.string(node_, "server").value_or("*");
    out.categories = categories();
    out.until_ms = until();
    out.owner = wanted("owner");
    out.reason = wanted("reason");
    return out;
  }

 private:
  /// Who gives a permission in advance says all of it.
  std::string wanted(std::string_view key) {
    const auto text = reader_.string(node_, key);
    if (!text && !reader_.field(node_, key)) {
      reader_.complain_missing(node_, "an exception has no `", key, "`");
    } else if (text && text->empty()) {
      reader_.complain(reader_.field(node_, key).value_or(node_), "`", key, "` is empty");
    }
    return text.value_or("");
  }

  CategorySet categories() {
    std::vector<std::string_view> names;
    for (const CategoryInfo& info : category_infos()) {
      names.push_back(info.name);
    }
    CategorySet set = 0;
    for (const std::size_t i : reader_.words(node_, "categories", names, "unknown category")) {
      set = static_cast<CategorySet>(set | category_infos()[i].category);
    }
    if (set == 0 && !reader_.has_errors()) {
      reader_.complain_missing(node_, "an exception has no `categories`, or an empty list");
    }
    return set;
  }

  /// Nothing is an exception for ever.
  std::int64_t until() {
    const std::string text = wanted("until");
    const auto time = text.empty() ? std::nullopt : parse_timestamp_ms(text);
    if (!time && !text.empty()) {
      reader_
          .complain(reader_.field(node_, "until").value_or(node_),
                    "`until` must be a date and time with an offset")
          .hints.emplace_back("for example `until = 2026-12-31T18:00:00Z`");
    }
    return time.value_or(0);
  }

  TableReader& reader_;
  NodeId node_;
};

}  // namespace

std::vector<CategoryException> read_category_exceptions(TableReader& reader, NodeId table) {
  std::vector<CategoryException> out;
  for (const NodeId node : reader.tables(table, kExceptionTable)) {
    out.push_back(ExceptionReader(reader, node).run());
  }
  return out;
}

CoveredCategories find_category_exceptions(const std::vector<CategoryException>& exceptions,
                                           std::string_view server, std::string_view tool,
                                           CategorySet categories, std::int64_t time_ms) {
  CoveredCategories out;
  for (const CategoryException& exception : exceptions) {
    const unsigned more =
        exception.categories & categories & ~static_cast<unsigned>(out.categories);
    if (more != 0 && time_ms < exception.until_ms && glob_match(exception.server, server) &&
        glob_match(exception.tool, tool)) {
      out.categories = static_cast<CategorySet>(out.categories | more);
      out.by.push_back(&exception);
    }
  }
  return out;
}

Reason exception_reason(const CoveredCategories& covered, std::string_view tool) {
  Reason reason;
  reason.rule_id = "category-exception";
  reason.severity = Severity::kMedium;
  reason.message = "`" + shorten(tool, 64) + "` runs without a person by exception (" +
                   to_category_list(covered.categories) + ")";
  for (const CategoryException* const exception : covered.by) {
    reason.evidence += (reason.evidence.empty() ? "" : "; ") +
                       escape_for_display(shorten(exception->owner, kExceptionWordsShown)) + ": " +
                       escape_for_display(shorten(exception->reason, kExceptionWordsShown));
  }
  return reason;
}

bool has_category_exceptions(const Policy& policy) {
  const auto has = [](const GuardEntry& entry) {
    return entry.type == "action-tier" && entry.config.document != nullptr &&
           entry.config.node != kNoNode &&
           entry.config.document->find(entry.config.node, kExceptionTable).has_value();
  };
  return std::ranges::any_of(policy.guards, has);
}

}  // namespace merlon
