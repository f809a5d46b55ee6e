#pragma once
/// The edits that put words in front of a launch and take them away again, in the syntax and the
/// style of the file: what stands one below the other goes on to do so.
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "wrap/config_syntax.h"
#include "wrap/launch_site.h"
#include "wrap/text_edit.h"

namespace merlon {

/// The launch becomes `front`, then `program` (the program as it is written, or its last word when
/// it was taken apart), then the arguments that are written now. `kFormat` for a style that is not
/// understood.
[[nodiscard]] Result<std::vector<TextEdit>> put_in_front(const Document& document,
                                                         ConfigSyntax syntax,
                                                         const LaunchSite& site,
                                                         const std::vector<std::string>& front,
                                                         const std::string& program);

/// Takes the first `count` written words away, at least one and not all. The inverse of the above
/// up to an empty list of arguments that was not there.
[[nodiscard]] Result<std::vector<TextEdit>> take_from_front(const Document& document,
                                                            ConfigSyntax syntax,
                                                            const LaunchSite& site,
                                                            std::size_t count);

}  // namespace merlon
