#pragma once
/// Writes what every signed payload begins with.
#include "base/json/json_writer.h"
#include "rules/signed_file.h"

namespace merlon {

/// The format's number and the head, into an object that is open.
void write_signed_head(JsonWriter& json, SignedFileKind kind, const SignedHead& head);

}  // namespace merlon
