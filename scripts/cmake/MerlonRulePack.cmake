# The embedded rule pack. rules/**/*.toml are compiled by `merlon_rule_compiler` into one blob (rules, texts, prefilter
# automaton), so that a start neither reads nor parses them.
include_guard(GLOBAL)
