# The embedded rule pack. rules/**/*.toml are compiled by `merlon_rule_compiler` into one blob (rules, texts, prefilter
# tables, examples), so that a start neither reads nor parses them.
include_guard(GLOBAL)

add_executable(merlon_rule_compiler ${CMAKE_SOURCE_DIR}/apps/rule_compiler/main.cpp)
# The compiler makes the pack, so it is the one program that must not ask for it.
set_target_properties(merlon_rule_compiler PROPERTIES MERLON_WITHOUT_RULE_PACK ON)
target_link_libraries(merlon_rule_compiler PRIVATE merlon_warnings merlon_rules)
# Of merlon_rules it must not pull in what needs the pack: that file stays an object of its own.
set_source_files_properties(${CMAKE_SOURCE_DIR}/lib/rules/matcher_built_in.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

set(MERLON_RULES_DIR ${CMAKE_SOURCE_DIR}/rules CACHE PATH "Folder of the rules that are built in")
file(GLOB_RECURSE rule_files CONFIGURE_DEPENDS ${MERLON_RULES_DIR}/*.toml)
set(rule_pack ${CMAKE_BINARY_DIR}/generated/rule_pack.bin)
set(rule_regexes ${CMAKE_BINARY_DIR}/generated/rule_regexes.bin)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
add_custom_command(
  OUTPUT ${rule_pack} ${rule_regexes}
  COMMAND merlon_rule_compiler ${MERLON_RULES_DIR} ${rule_pack} ${rule_regexes}
  DEPENDS merlon_rule_compiler ${rule_files}
  COMMENT "Compiling the rule pack" VERBATIM)

# .incbin takes no compile time, whatever the size; the path is relative to the include directory, so that the object
# file does not name the build's folder.
set(rule_pack_source ${CMAKE_BINARY_DIR}/generated/rule_pack.cpp)
file(CONFIGURE OUTPUT ${rule_pack_source} @ONLY CONTENT [[
#include "rules/pack.h"

#define MERLON_EMBED(name, file)           \
  __asm__(".section .rodata\n"             \
          ".balign 64\n" name "_begin:\n"  \
          ".incbin \"" file "\"\n" name    \
          "_end:\n"                        \
          ".byte 0\n"                      \
          ".previous\n")

MERLON_EMBED("merlon_rule_pack", "rule_pack.bin");
MERLON_EMBED("merlon_rule_regexes", "rule_regexes.bin");

extern "C" {
extern const char merlon_rule_pack_begin[] __attribute__((visibility("hidden")));
extern const char merlon_rule_pack_end[] __attribute__((visibility("hidden")));
extern const char merlon_rule_regexes_begin[] __attribute__((visibility("hidden")));
extern const char merlon_rule_regexes_end[] __attribute__((visibility("hidden")));
}

namespace merlon {

std::string_view embedded_pack() {
  return {merlon_rule_pack_begin, static_cast<std::size_t>(merlon_rule_pack_end - merlon_rule_pack_begin)};
}

std::string_view embedded_pack_regexes() {
  return {merlon_rule_regexes_begin, static_cast<std::size_t>(merlon_rule_regexes_end - merlon_rule_regexes_begin)};
}

}  // namespace merlon
]])
set_source_files_properties(${rule_pack_source} PROPERTIES
  OBJECT_DEPENDS "${rule_pack};${rule_regexes}" COMPILE_OPTIONS "-Wa,-I${CMAKE_BINARY_DIR}/generated")
add_library(merlon_rule_pack STATIC ${rule_pack_source})
target_link_libraries(merlon_rule_pack PRIVATE merlon_warnings)

# Whoever links merlon_rules gets the pack, but for the program that makes it.
target_link_libraries(merlon_rules INTERFACE
  "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:MERLON_WITHOUT_RULE_PACK>>>:merlon_rule_pack>")
