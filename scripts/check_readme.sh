#!/usr/bin/env bash
# Installs the release build into an empty folder and runs the README's commands there as written.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --preset release -DMERLON_TESTS=ON >/dev/null
cmake --build --preset release --target merlon
cmake --install build/release --prefix "$prefix" >/dev/null
PATH="$prefix/bin:$PATH" python3 scripts/run_doc_commands.py README.md docs
