#include "base/xml_text.h"

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("xml text: markup becomes entities, and what XML cannot hold an escape") {
  CHECK(xml_text("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;");
  CHECK(xml_text("\x08") == "\\u{0008}");
  CHECK(xml_text("\uFFFE\uFFFF") == "\\u{FFFE}\\u{FFFF}");
  CHECK(xml_text("caf\u00E9") == "caf\u00E9");
  CHECK(xml_text("") == "");
}

}  // namespace merlon
