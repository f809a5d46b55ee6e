#!/usr/bin/env bash
# Real MCP servers from npm (those of scripts/e2e_servers.sh) behind `merlon proxy`: approved once, then asked the same things bare and
# through the proxy; answers must be the same bytes. And the npm Inspector's command line and mcporter, with and without the proxy.
# And calls by mcporter that a person approves from another process.
#
#   scripts/e2e_proxy.sh [--only NAME]... [--snapshots FOLDER] [--jobs N]
#
# MERLON_BINARY (build/release/merlon) is the program; MERLON_E2E_CACHE (~/.cache/merlon/e2e-servers) holds the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in node npm python3; do
  if ! command -v "$tool" > /dev/null; then
    echo "not-run: e2e_proxy: $tool is not installed"
    exit 0
  fi
done
exec python3 -B tests/e2e/real_proxy.py "$@"
