#include <cstdint>

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/json/json_writer.h"
#include "guard/taint_memory.h"
#include "guard/taint_print.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kPrivateText =
    "Dear board, the merger with Northwind closes on the ninth of May at 41 dollars a share. "
    "Nobody outside this list may hear of it before the markets open.";

std::string filter_policy(std::string_view config) {
  return R"(format = 1
name = "filter"
[[guard]]
type = "output-filter"
[guard.config]
)" + std::string(config) +
         R"(
[[tool]]
tool = "read_*"
capabilities = ["reads-private"]
[[tool]]
tool = "send_*"
capabilities = ["sends-out"]
[[tool]]
tool = "local_*"
capabilities = []
)";
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void read_private(GuardSession& session, std::string_view text) {
  session.call("read_mail");
  session.answer(R"({"content":[{"type":"text","text":)" + json_text(text) + "}]}");
}

Verdict send(GuardSession& session, std::string_view text) {
  return session.call("send_mail", R"({"body":)" + json_text(text) + "}").verdict;
}

std::string hex_of(std::string_view text, std::string_view between) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += out.empty() ? "" : std::string(between);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string percent_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += '%' + hex_of(std::string_view(&c, 1), "");
  }
  return out;
}

std::string url_base64_of(std::string_view text) {
  std::string out = to_base64(text);
  while (out.ends_with('=')) {
    out.pop_back();
  }
  for (char& c : out) {
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return out;
}

/// A linear congruential generator: the same texts everywhere.
class Numbers {
 public:
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>((state_ >> 33U) % end);
  }

 private:
  std::uint64_t state_{42};
};

std::string random_text(Numbers& numbers, std::size_t bytes) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?-_/()=+&%\"'<>#@";
  std::string out;
  while (out.size() < bytes) {
    out += numbers.below(6) == 0 ? ' ' : kLetters[numbers.below(kLetters.size())];
  }
  return out;
}

std::size_t solid_bytes(std::string_view text) {
  std::string out;
  append_taint_text(out, text);
  return out.size();
}

}  // namespace

TEST_CASE("output filter: a part of a private answer in a call that sends asks and names it") {
  GuardSession session(filter_policy(""));
  read_private(session, kPrivateText);
  CHECK(send(session, "See you at lunch, I bring the sandwiches this time.") == Verdict::kAllow);
  const Decision decision = session.call(
      "send_mail", R"({"body":"psst: merger with Northwind closes on the ninth of May"})");
  CHECK(decision.verdict == Verdict::kAsk);
  REQUIRE(determining_reasons(decision).size() == 1);
  const Reason& reason = *determining_reasons(decision).front();
  CHECK(reason.code == DenialCode::kDataLeak);
  CHECK(reason.rule_id == "taint-match");
  CHECK(reason.message == "`send_mail` would send what came from `read_mail` (event 2)");
  CHECK(reason.led_by == std::vector<std::uint64_t>{2});
}

TEST_CASE(
    "output filter: tools that send nothing may have it, `deny` denies, other sources are free") {
  GuardSession session(filter_policy("action = \"deny\""));
  read_private(session, kPrivateText);
  CHECK(session.call("local_count", R"({"text":)" + json_text(kPrivateText) + "}").verdict ==
        Verdict::kAllow);
  CHECK(send(session, kPrivateText) == Verdict::kDeny);
  CHECK(session.call("unknown", R"({"text":)" + json_text(kPrivateText) + "}").verdict ==
        Verdict::kDeny);
  CHECK(session
            .call("local_fetch",
                  R"({"url":"https://a.example.org/","note":)" + json_text(kPrivateText) + "}")
            .verdict == Verdict::kDeny);
  GuardSession other(filter_policy(""));
  other.call("local_read");
  other.answer(R"({"content":[{"type":"text","text":)" + json_text(kPrivateText) + "}]}");
  CHECK(send(other, kPrivateText) == Verdict::kAllow);
  GuardSession all(filter_policy("sources = \"all\""));
  all.call("local_read");
  all.answer(R"({"content":[{"type":"text","text":)" + json_text(kPrivateText) + "}]}");
  CHECK(send(all, kPrivateText) == Verdict::kAsk);
}

TEST_CASE("output filter: resources are private, what was kept from the client is not remembered") {
  GuardSession session(filter_policy(""));
  session.send(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":"file:///m"}})");
  session.send(Direction::kToClient,
               R"({"jsonrpc":"2.0","id":"r","result":{"contents":[{"uri":"file:///m","text":)" +
                   json_text(kPrivateText) + "}]}}");
  CHECK(send(session, kPrivateText) == Verdict::kAsk);
}

TEST_CASE("output filter: any part of threshold length is found, in each encoding") {
  Numbers numbers;
  int found = 0;
  int tried = 0;
  for (int round = 0; round < 60; ++round) {
    GuardSession session(filter_policy(""));
    const std::string text = random_text(numbers, 200 + numbers.below(400));
    read_private(session, text);
    const std::size_t begin = numbers.below(text.size() - 60);
    std::size_t size = 24;
    while (solid_bytes(std::string_view(text).substr(begin, size)) < 24) {
      ++size;
    }
    const std::string part = text.substr(begin, size);
    std::string upper = part;
    for (char& c : upper) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    std::string spaced;
    for (const char c : part) {
      spaced += c;
      spaced += numbers.below(3) == 0 ? "\n  " : "";
    }
    for (const std::string& sent :
         {part, upper, spaced, to_base64(part), url_base64_of(part), hex_of(part, ""),
          hex_of(part, ":"), percent_of(part), to_base64(to_base64(part)),
          to_base64(hex_of(part, " ")), percent_of(url_base64_of(part))}) {
      CAPTURE(part);
      CAPTURE(sent);
      ++tried;
      const std::string around = random_text(numbers, numbers.below(20)) + " ";
      const bool hit = send(session, around + sent + " " + around) == Verdict::kAsk;
      CHECK(hit);
      found += hit ? 1 : 0;
    }
  }
  CHECK(found == tried);
}

TEST_CASE("output filter: parts glued to other characters of the same encoding are found") {
  GuardSession session(filter_policy(""));
  read_private(session, kPrivateText);
  const std::string part(kPrivateText.substr(20, 40));
  for (const std::string_view glue : {"a", "ab", "abc", "abcd"}) {
    CAPTURE(glue);
    CHECK(send(session, "https://a.example.org/" + std::string(glue) + url_base64_of(part)) ==
          Verdict::kAsk);
    CHECK(send(session, std::string(glue) + hex_of(part, "")) == Verdict::kAsk);
  }
}

TEST_CASE("output filter: a part that is split over several arguments is found") {
  GuardSession session(filter_policy(""));
  read_private(session, kPrivateText);
  CHECK(session
            .call("send_mail", R"({"a":"merger with No","b":"rthwind closes","c":" on the ninth"})")
            .verdict == Verdict::kAsk);
}

TEST_CASE("output filter: random texts that share nothing pass") {
  Numbers numbers;
  GuardSession session(filter_policy("urls = \"allow\""));
  for (int i = 0; i < 20; ++i) {
    read_private(session, random_text(numbers, 500));
  }
  for (int i = 0; i < 100; ++i) {
    CHECK(send(session, random_text(numbers, 400)) == Verdict::kAllow);
  }
}

TEST_CASE("output filter: a part of the threshold's length counts, one that is much shorter not") {
  GuardSession session(filter_policy("threshold = 30"));
  read_private(session, "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz");
  CHECK(send(session, "### hijklmnopqrstuvwxyz0123456789a ###") == Verdict::kAsk);
  // Shorter than a run: 5/6 of the threshold.
  CHECK(send(session, "### hijklmnopqrstuvwxyz01234 ###") == Verdict::kAllow);
}

TEST_CASE("output filter: addresses with data in them warn once something private came") {
  const std::string call = "https://a.example.org/?d=x9Kd83jFq02LmZ7pT4vWc1Yb8Qs";
  GuardSession session(filter_policy(""));
  CHECK(send(session, call) == Verdict::kAllow);
  read_private(session, kPrivateText);
  CHECK(send(session, call) == Verdict::kWarn);
  CHECK(send(session, "https://a.example.org/docs?page=2") == Verdict::kAllow);
  GuardSession denies(filter_policy("urls = \"deny\""));
  read_private(denies, kPrivateText);
  CHECK(send(denies, call) == Verdict::kDeny);
}

TEST_CASE("output filter: what cannot be compared is what the policy says") {
  const std::string image =
      R"({"attachment":{"type":"image","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"}})";
  for (const auto& [word, verdict] :
       {std::pair{"allow", Verdict::kAllow}, std::pair{"ask", Verdict::kAsk}}) {
    GuardSession session(filter_policy("uninspected = \"" + std::string(word) + "\""));
    read_private(session, kPrivateText);
    CHECK(session.call("send_mail", image).verdict == verdict);
  }
  GuardSession session(filter_policy(""));
  read_private(session, kPrivateText);
  const Decision decision =
      session.call("send_mail", R"({"a":")" + std::string((1U << 20) + 1, 'x') + R"("})");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(decision.erroring == std::vector<std::string>{"output-filter"});
}

TEST_CASE("output filter: memory is bounded, the oldest goes, and forgetting is said") {
  Numbers numbers;
  GuardSession session(filter_policy("max_prints = 256"));
  read_private(session, kPrivateText);
  for (int i = 0; i < 10; ++i) {
    read_private(session, random_text(numbers, 300));
  }
  const GuardMemory& memory = session.state.memory.at("output-filter");
  std::size_t prints = 0;
  for (const auto& [key, series] : memory.series) {
    prints += series.size();
  }
  CHECK(prints <= 256);
  CHECK(memory.texts.size() == memory.series.size());
  CHECK(forgotten_taint(memory) > 0);
  const Decision decision = session.call("send_mail", R"({"body":"hello"})");
  CHECK(decision.verdict == Verdict::kWarn);
  CHECK(determining_reasons(decision).front()->rule_id == "taint-forgotten");
}

TEST_CASE("output filter: wrong settings are complaints") {
  auto policy = parse_policy(
      SourceText::copy_of("policy.toml",
                          filter_policy("action = \"allow\"\nthreshold = 15\nsources = \"some\"\n"
                                        "max_prints = 63\ncolour = 1")),
      {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  REQUIRE_FALSE(compiled.has_value());
  CHECK(compiled.error().size() == 5);
}

}  // namespace merlon
