#include "rules/signed_payload_text.h"

namespace merlon {

void write_signed_head(JsonWriter& json, SignedFileKind kind, const SignedHead& head) {
  json.field(signed_file_type(kind).member, 1);
  json.field("name", head.name).field("version", head.version);
  json.field("minimum_engine", head.minimum_engine);
  json.field("created", to_string(head.created)).field("expires", to_string(head.expires));
}

}  // namespace merlon
