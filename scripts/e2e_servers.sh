#!/usr/bin/env bash
# Captures real MCP servers from npm (pinned, without their install scripts, in a cache folder outside the tree) and
# scans the snapshots. Fails on a capture that is not complete and on a high or critical finding that is not in
# tests/e2e/expected_findings.txt.
#
#   scripts/e2e_servers.sh [--only NAME]... [--keep FOLDER] [--no-install] [--jobs N]
#
# MERLON_BINARY (build/release/merlon) is the program; MERLON_E2E_CACHE (~/.cache/merlon/e2e-servers) holds the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in node npm python3; do
  if ! command -v "$tool" > /dev/null; then
    echo "not-run: e2e_servers: $tool is not installed"
    exit 0
  fi
done
exec python3 -B tests/e2e/real_servers.py "$@"
