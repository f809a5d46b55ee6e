#include "proxy/proxy_answer.h"

#include "base/json/json_writer.h"

namespace merlon {
namespace {

std::string proxy_error(std::string_view id, int code, std::string_view word,
                        const std::string& message) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  json.key("error").begin_object().field("code", code).field("message", message);
  json.key("data").begin_object().field("code", word).end_object();
  json.end_object().end_object();
  return std::move(json).take();
}

}  // namespace

std::string id_of_key(std::string_view id_key) {
  if (!id_key.starts_with('"')) {
    return std::string(id_key);
  }
  std::string id;
  append_json_string(id, id_key.substr(1));
  return id;
}

std::string server_gone_answer(std::string_view id, std::string_view why) {
  return proxy_error(id, kServerGoneCode, "SERVER_GONE",
                     "merlon: the server is gone: " + std::string(why));
}

std::string not_started_answer(std::string_view id, std::string_view why) {
  return proxy_error(id, kNotStartedCode, "NOT_STARTED",
                     "merlon: the server was not started: " + std::string(why));
}

std::string not_recorded_answer(std::string_view id) {
  return proxy_error(id, kNotRecordedCode, "NOT_RECORDED",
                     "merlon: the audit log cannot be written, so nothing was forwarded");
}

}  // namespace merlon
