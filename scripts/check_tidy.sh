#!/usr/bin/env bash
# clang-tidy-19 over the sources that changed since a revision (MERLON_TIDY_BASE, default: the commit before this).
# `--all [FOLDER...]` takes every source, or those of some folders (lib/base). MERLON_TIDY_JOBS: how many at once. Files
# that passed before with the same bytes, headers and settings are remembered outside the tree. Also refuses a NOLINT
# without its check and reason.
set -euo pipefail
cd "$(dirname "$0")/.."

bare=$(git grep -nE 'NOLINT' -- '*.h' '*.cpp' | grep -vE 'NOLINT(NEXTLINE|BEGIN|END)?\([a-z0-9,.*-]+\)(:| END)' || true)
if [ -n "$bare" ]; then
  printf '%s\n' "$bare" "tidy: a NOLINT names its check and gives the reason: // NOLINT(check): reason" >&2
  exit 1
fi

base=${MERLON_TIDY_BASE:-$(git rev-parse --verify --quiet HEAD~1 2>/dev/null || true)}
if [ "${1:-}" != --all ] && [ -z "$base" ]; then
  echo "tidy: no earlier revision to compare with; --all looks at everything"
  exit 0
fi
if [ "${1:-}" = --all ]; then
  folders=("${@:2}")
  [ ${#folders[@]} -eq 0 ] && folders=(lib apps)
  mapfile -t files < <(git ls-files -- "${folders[@]/%//*.cpp}")
else
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- 'lib/*.cpp' 'apps/*.cpp')
fi
[ ${#files[@]} -eq 0 ] && { echo "tidy: no changed file"; exit 0; }

# A configuration of its own: in a unity build a source has no command, and instrumented code has nothing more to say.
cmake --preset asan -B build/tidy -DCMAKE_UNITY_BUILD=OFF -DMERLON_SANITIZE= -DMERLON_FUZZ=OFF >/dev/null
cache="${XDG_CACHE_HOME:-$HOME/.cache}/merlon-tidy"
mkdir -p "$cache"
headers=$(git ls-files -z -- '*.h' '.clang-tidy' | xargs -0 sha256sum | sha256sum | cut -c1-16)
export cache headers

check() {
  local file=$1 key
  key=$(printf '%s %s' "$headers" "$(sha256sum <"$file")" | sha256sum | cut -c1-40)
  [ -e "$cache/$key" ] && return 0
  if clang-tidy-19 --quiet -p build/tidy "$file" 2>/dev/null; then touch "$cache/$key"; else echo "tidy: $file" >&2; return 1; fi
}
export -f check
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "${MERLON_TIDY_JOBS:-$(nproc)}" bash -c 'check "$0"' || { echo "tidy: see above" >&2; exit 1; }
echo "tidy: ${#files[@]} files"
