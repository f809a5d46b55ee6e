#!/usr/bin/env bash
# Runs the official conformance suite (@modelcontextprotocol/conformance, pinned, from npm) over an HTTP bridge of ours against a
# fixture server of ours, with and without `merlon proxy` between: both lists of checks must be the same.
#
#   scripts/e2e_conformance.sh [--keep FOLDER] [--policy FILE] [--only REVISION] [--jobs N]
#
# MERLON_BINARY (build/release/merlon) is the program; MERLON_E2E_CACHE (~/.cache/merlon/e2e-servers) holds the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in npm python3; do
  if ! command -v "$tool" > /dev/null; then
    echo "not-run: e2e_conformance: $tool is not installed"
    exit 0
  fi
done
exec python3 -B tests/e2e/conformance/run.py "$@"
