#!/usr/bin/env bash
# Every C++ file is as clang-format-19 writes it. `--fix` rewrites.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -d '' files < <(git ls-files -z -- '*.h' '*.cpp')
if [ "${1:-}" = --fix ]; then exec clang-format-19 -i "${files[@]}"; fi
clang-format-19 --dry-run -Werror "${files[@]}"
echo "format: ${#files[@]} files"
