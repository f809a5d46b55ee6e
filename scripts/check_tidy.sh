#!/usr/bin/env bash
# clang-tidy-19 over the sources that changed since a revision (MERLON_TIDY_BASE, default: the commit before this). `--all` takes every source. Files that passed before with the same bytes, headers and settings are
# remembered outside the tree. Also refuses a NOLINT without its check and reason.
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
  mapfile -t files < <(git ls-files -- 'lib/*.cpp' 'apps/*.cpp')
else
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- 'lib/*.cpp' 'apps/*.cpp')
fi
[ ${#files[@]} -eq 0 ] && { echo "tidy: no changed file"; exit 0; }

cmake --preset asan -DMERLON_TESTS=ON -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache >/dev/null
cache="${XDG_CACHE_HOME:-$HOME/.cache}/merlon-tidy"
mkdir -p "$cache"
headers=$(git ls-files -z -- '*.h' '.clang-tidy' | xargs -0 sha256sum | sha256sum | cut -c1-16)
export cache headers

check() {
  local file=$1 key
  key=$(printf '%s %s' "$headers" "$(sha256sum <"$file")" | sha256sum | cut -c1-40)
  [ -e "$cache/$key" ] && return 0
  if clang-tidy-19 --quiet -p build/asan "$file" 2>/dev/null; then touch "$cache/$key"; else echo "tidy: $file" >&2; return 1; fi
}
export -f check
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'check "$0"' || { echo "tidy: see above" >&2; exit 1; }
echo "tidy: ${#files[@]} files"
