#include "wrap/text_edit.h"

#include <algorithm>

namespace merlon {

Result<std::string> apply_edits(std::string_view text, std::vector<TextEdit> edits) {
  std::ranges::stable_sort(edits, {}, &TextEdit::begin);
  std::string out;
  std::uint64_t done = 0;
  for (const TextEdit& edit : edits) {
    if (edit.begin < done || edit.end < edit.begin || edit.end > text.size()) {
      return fail(ErrorCode::kFormat, "two values of the file stand at the same place");
    }
    out.append(text.substr(done, edit.begin - done)).append(edit.text);
    done = edit.end;
  }
  out.append(text.substr(done));
  return out;
}

}  // namespace merlon
