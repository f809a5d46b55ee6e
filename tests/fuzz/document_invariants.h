#pragma once
/// What must hold of every Document, whatever was read: fuzz targets call it and abort when it does
/// not.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/error.h"
#include "unit/base/tree_text.h"

namespace merlon::test {

[[noreturn]] inline void broken(const std::string& what) {
  std::fprintf(stderr, "broken: %s\n", what.c_str());
  std::abort();
}

inline void check_document(const Document& document) {
  if (const std::string fault = check_tape(document); !fault.empty()) {
    broken(fault);
  }
  const std::size_t size = document.source().bytes().size();
  std::string scratch;
  // Enough to reach every branch; all nodes of a large input would only be slow.
  const NodeId step = document.size() / 500 + 1;
  for (NodeId id = 0; id < document.size(); id += step) {
    const std::size_t length = document.text(id, scratch).size();
    for (const auto& [begin, end] :
         {std::pair{std::size_t{0}, length}, {length / 3, length / 2}, {length, length + 9}}) {
      const auto [first, last] = document.source_range(id, begin, end);
      if (first > last || last > size) {
        broken("source_range of node " + std::to_string(id));
      }
    }
    const Location where = document.locate(id);
    if (where.offset + where.length > size || where.line == 0) {
      broken("place of node " + std::to_string(id));
    }
    if (!document.pointer(id).empty() && document.pointer(id).front() != '/') {
      broken("pointer");
    }
  }
}

inline void check_error(const Error& error) {
  const std::string text = render(error);
  if (error.message.empty() || text.empty() || text.back() != '\n') {
    broken("error without text");
  }
  if (error.message.find('\n') != std::string::npos) {
    broken("line break in `" + error.message + "`");
  }
}

/// A loader's list of problems.
inline void check_errors(const std::vector<Error>& errors) {
  if (errors.empty()) {
    broken("refused without a reason");
  }
  for (const Error& error : errors) {
    check_error(error);
    for (const std::string& hint : error.hints) {
      if (hint.find('\n') != std::string::npos) {
        broken("line break in hint `" + hint + "`");
      }
    }
  }
}

}  // namespace merlon::test
