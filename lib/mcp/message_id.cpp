#include "mcp/message_id.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

constexpr std::size_t kMostDigits = 20;

/// An integer as JSON spells it without fraction or exponent.
bool is_plain_integer(std::string_view digits) {
  if (digits.starts_with('-')) {
    digits.remove_prefix(1);
  }
  return !digits.empty() && digits.size() <= kMostDigits &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

IdForm id_form(const Document& document, NodeId id) {
  switch (document.kind(id)) {
    case NodeKind::kString: {
      std::string scratch;
      // What a lone surrogate decodes to.
      const bool broken = document.text(id, scratch).find("\xEF\xBF\xBD") != std::string_view::npos;
      return broken ? IdForm::kIllFormed : IdForm::kPlain;
    }
    case NodeKind::kNumber:
      return is_plain_integer(document.raw(id)) ? IdForm::kPlain : IdForm::kNoInteger;
    case NodeKind::kNull: return IdForm::kNull;
    case NodeKind::kBool:
    case NodeKind::kArray:
    case NodeKind::kObject:
    case NodeKind::kKey: break;
  }
  return IdForm::kNoId;
}

std::string id_key_of(const Document& document, NodeId id) {
  return document.is(id, NodeKind::kString) ? '"' + document.text(id)
                                            : std::string(document.raw(id));
}

std::string id_key_of(std::string_view id) {
  const auto document =
      parse_json(SourceText::copy_of("id", std::string(id)), JsonDialect::kStrict, {});
  const bool plain = document && id_form(*document, document->root()) == IdForm::kPlain;
  return plain ? id_key_of(*document, document->root()) : std::string();
}

}  // namespace merlon
