#pragma once
/// Which request a server's line was the answer to, though it is no message: so that who waits for
/// it can be told.
#include <string>
#include <string_view>

namespace merlon {

/// The bytes of the id of a line that looks like an answer, as far as it can be read: `line` may be
/// broken or cut off. `null` unless there is exactly one plain `id` beside `result` or `error` and
/// no `method`: logs have ids, too, and requests have ids of their own. Looks at the first members
/// only, in one pass without recursion; safe from many threads.
[[nodiscard]] std::string lost_answer_id(std::string_view line);

}  // namespace merlon
