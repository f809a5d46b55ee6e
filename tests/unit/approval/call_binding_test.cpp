#include "approval/call_binding.h"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mcp/message_codec.h"

namespace merlon {
namespace {

const CallSubject kFiles{
    .server = "files", .launch = "sha256:aa", .item = "delete", .definition = "d1", .shown = "d1"};

Message bound_message(const std::string& bytes) {
  return parse_message(bytes, Direction::kToServer, {}).value();
}

std::string bound_call(const std::string& params, const std::string& id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":)" + params + "}";
}

std::string digest_of_call(const std::string& bytes, const CallSubject& subject = kFiles) {
  return CallBinding::of(subject, bound_message(bytes)).value().digest();
}

}  // namespace

TEST_CASE("call binding: id, progress token, order and spelling do not matter") {
  const std::string call =
      digest_of_call(bound_call(R"({"name":"delete","arguments":{"a":1,"b":2}})"));
  for (const std::string& same :
       {bound_call(R"({"name":"delete","arguments":{"a":1,"b":2}})", "\"other\""),
        bound_call(R"({"arguments":{"b":2,"a":1.0},"name":"delete"})"),
        bound_call(R"({ "name" : "delete", "arguments" : { "a" : 1, "b" : 2 } })"),
        bound_call(R"({"name":"delete","arguments":{"a":1,"b":2},"_meta":{"progressToken":"t"}})"),
        bound_call(R"({"name":"delete","_meta":{"progressToken":9},"arguments":{"a":1,"b":2}})")}) {
    CAPTURE(same);
    CHECK(digest_of_call(same) == call);
  }
}

TEST_CASE("call binding: all else is bound, each for itself") {
  const std::string plain = bound_call(R"({"name":"delete","arguments":{"a":1}})");
  std::set<std::string> digests{digest_of_call(plain)};
  const auto is_new = [&digests](const std::string& digest) {
    return digests.insert(digest).second;
  };
  CHECK(is_new(digest_of_call(bound_call(R"({"name":"delete","arguments":{"a":"1"}})"))));
  CHECK(is_new(digest_of_call(bound_call(R"({"name":"delete","arguments":{"a":1,"b":null}})"))));
  CHECK(is_new(digest_of_call(bound_call(R"({"name":"delete","arguments":{"A":1}})"))));
  CHECK(is_new(digest_of_call(bound_call(R"({"name":"delete"})"))));
  CHECK(is_new(digest_of_call(bound_call(R"({"name":"delete","arguments":{"a":1},"task":{}})"))));
  CHECK(is_new(digest_of_call(
      bound_call(R"({"name":"delete","arguments":{"a":1},"_meta":{"tenant":"x"}})"))));
  CHECK(is_new(digest_of_call(bound_call(
      R"({"name":"delete","arguments":{"a":1},"_meta":{"progressToken":1,"tenant":"y"}})"))));
  for (std::string CallSubject::* const part :
       {&CallSubject::server, &CallSubject::launch, &CallSubject::item, &CallSubject::definition,
        &CallSubject::shown}) {
    CallSubject other = kFiles;
    other.*part = "other";
    CHECK(is_new(digest_of_call(plain, other)));
  }
  Message back = parse_message(R"({"jsonrpc":"2.0","id":1,"result":{"name":"delete"}})",
                               Direction::kToClient, {})
                     .value();
  CHECK(is_new(CallBinding::of(kFiles, back).value().digest()));
}

TEST_CASE("call binding: parts of the subject cannot be moved into each other") {
  CallSubject left = kFiles;
  left.server = "a\",\"launch\":\"b";
  left.launch = "c";
  CallSubject right = kFiles;
  right.server = "a";
  right.launch = "b\",\"launch\":\"c";
  const std::string call = bound_call(R"({"name":"delete"})");
  CHECK(digest_of_call(call, left) != digest_of_call(call, right));
}

TEST_CASE(
    "call binding: calls that differ in what may vary are the same without it, and no others") {
  const auto binding = [](const std::string& params) {
    return CallBinding::of(kFiles, bound_message(bound_call(params))).value();
  };
  const std::vector<std::string> vary{"/path"};
  const CallBinding first = binding(R"({"name":"delete","arguments":{"path":"a","deep":{"x":1}}})");
  CHECK(first.digest_without(vary).value() ==
        binding(R"({"name":"delete","arguments":{"path":["b"],"deep":{"x":1}}})")
            .digest_without(vary)
            .value());
  CHECK(first.digest_without(vary).value() !=
        binding(R"({"name":"delete","arguments":{"path":"a","deep":{"x":2}}})")
            .digest_without(vary)
            .value());
  CHECK(first.digest_without({}).value() == first.digest());
  // A call without the argument is another call.
  CHECK_FALSE(binding(R"({"name":"delete","arguments":{"deep":{"x":1}}})").digest_without(vary));
  for (const std::string_view pointer : {"", "path", "/none", "/../name"}) {
    CAPTURE(pointer);
    CHECK_FALSE(first.digest_without(std::vector{std::string(pointer)}).has_value());
  }
}

TEST_CASE("call binding: of a call above the bound nothing may vary") {
  const auto sized = [](std::size_t size) {
    return CallBinding::of(
               kFiles, bound_message(bound_call(R"({"arguments":{"a":")" + std::string(size, 'x') +
                                                R"("},"name":"d"})")))
        .value();
  };
  const std::vector<std::string> vary{"/a"};
  const std::size_t frame = std::string(R"({"arguments":{"a":""},"name":"d"})").size();
  CHECK(sized(CallBinding::kMostVaried - frame).digest_without(vary).has_value());
  CHECK_FALSE(sized(CallBinding::kMostVaried - frame + 1).digest_without(vary).has_value());
}

}  // namespace merlon
