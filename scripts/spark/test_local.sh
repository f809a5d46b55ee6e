#!/usr/bin/env bash
# The Spark job in local mode with four workers: its merged result is what one process writes, byte for byte.
#   scripts/spark/test_local.sh PROGRAM     needs a JDK and scripts/spark/requirements.txt
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:?usage: test_local.sh PROGRAM}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find testdata/recordings testdata/golden/replay -name '*.jsonl' ! -name 'labels.jsonl' | sort > "$work/sessions.txt"
find testdata/manifests -name '*.json' | sort > "$work/manifests.txt"
python3 scripts/spark/merlon_job.py --merlon "$program" --check "$work/sessions.txt" "$work/replay.ndjson" -- replay --policy default --no-system
python3 scripts/spark/merlon_job.py --merlon "$program" --check "$work/manifests.txt" "$work/scan.ndjson" -- scan
