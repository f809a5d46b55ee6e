#include "base/url_host.h"

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/punycode.h"

namespace merlon {

TEST_CASE("url host: what a URL reaches, however it is spelled") {
  const std::vector<std::array<std::string, 2>> cases{
      {"https://example.com/a?b#c", "example.com"},
      {"HTTPS://EXAMPLE.com.:8443", "example.com"},
      {"http://user:pass@example.com/", "example.com"},
      {"http://good.com@evil.com/", "evil.com"},
      {"http://evil.com/@good.com", "evil.com"},
      {"http://evil.com?@good.com", "evil.com"},
      {"http://evil.com#@good.com", "evil.com"},
      {"http:\\\\127.0.0.1\\x", "127.0.0.1"},
      {"http:127.0.0.1", "127.0.0.1"},
      {"http:///127.0.0.1/", "127.0.0.1"},
      {" \thttp://127.0.0.1", "127.0.0.1"},
      {"ht\ntp://127.0.0.1", "127.0.0.1"},
      {"//evil.com/x", "evil.com"},
      {"gopher://evil.com:70/x", "evil.com"},
      {"http://[::1]:80/", "::1"},
      {"http://[fe80::1%25eth0]/", "fe80::1"},
      {"http://%6c%6fcalhost/", "localhost"},
      {"http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97\xE3\x80\x82\xEF\xBC\x90.0.1", "127.0.0.1"},
      {"http://loc\xC2\xAD"
       "alhost/",
       "localhost"},
      {"http://b\xC3\xBC"
       "cher.de/",
       "xn--bcher-kva.de"},
      {"http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1", "127.0.0.1"}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto url = read_url_host(text);
    REQUIRE(url.has_value());
    CHECK(url->host == expected);
  }
}

TEST_CASE("url host: where parsers disagree the host is said to be in doubt") {
  for (const char* const text :
       {"http://good.com\\@evil.com/", "http://a@b@c/", "http://exa mple.com/", "http:\\\\a.com",
        "http:a.com", "http://a.com:99999/", "http://a.com:x/", "http://[::1", "http://1.2.3.999/",
        "http://a%00.com/", "http:///a.com", "http://[1.2.3.4]/", "ht\ntp://a.com",
        "http://a<b/"}) {
    CAPTURE(text);
    const auto url = read_url_host(text);
    REQUIRE(url.has_value());
    CHECK(url->ambiguous);
  }
  for (const char* const text :
       {"https://example.com/a\\b@c", "http://user@example.com:80/", "http://[2001:db8::1]:8080/x",
        "https://example.com/?u=http://b@c", " https://example.com "}) {
    CAPTURE(text);
    const auto url = read_url_host(text);
    REQUIRE(url.has_value());
    CHECK_FALSE(url->ambiguous);
  }
}

TEST_CASE("url host: other texts are no URLs") {
  for (const char* const text :
       {"", "hello", "/usr/bin", "C:/x", "file:///etc/passwd", "mailto:a@b.c", "data:text/plain,x",
        "12:30", "note: see //x below"}) {
    CAPTURE(text);
    CHECK_FALSE(read_url_host(text).has_value());
  }
}

TEST_CASE("url host: bare hosts, and names that stay inside") {
  CHECK(read_bare_host("localhost:8080").host == "localhost");
  CHECK(read_bare_host("localhost:8080").port == 8080);
  CHECK(read_bare_host("::1").addresses.size() == 1);
  CHECK(read_bare_host("http://a.b/c").host == "a.b");
  CHECK(read_bare_host("").ambiguous);
  for (const char* const inside : {"localhost", "a.localhost", "db", "printer.local", "",
                                   "metadata.google.internal", "x.y.svc"}) {
    CAPTURE(inside);
    CHECK(is_local_name(inside));
  }
  for (const char* const outside : {"example.com", "local.com", "::1", "127.0.0.1"}) {
    CAPTURE(outside);
    CHECK_FALSE(is_local_name(outside));
  }
}

TEST_CASE("punycode: the examples of RFC 3492 and of the wild") {
  CHECK(punycode_label("plain") == "plain");
  CHECK(punycode_label("b\xC3\xBC"
                       "cher") == "xn--bcher-kva");
  CHECK(punycode_label("\xE4\xBB\x96\xE4\xBB\xAC\xE4\xB8\xBA\xE4\xBB\x80\xE4\xB9\x88\xE4\xB8\x8D"
                       "\xE8\xAF\xB4\xE4\xB8\xAD\xE6\x96\x87") == "xn--ihqwcrb4cv8a8dqg056pqjye");
  CHECK(punycode_label("\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80") == "xn--e1afmkfd");
  CHECK_FALSE(punycode_label("\xFF").has_value());
  std::string longest;
  for (int i = 0; i < 64; ++i) {
    longest += "\xC3\xBC";
  }
  CHECK_FALSE(punycode_label(longest).has_value());
}

}  // namespace merlon
