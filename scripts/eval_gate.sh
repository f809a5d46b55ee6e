#!/bin/sh
# Holds the accuracy on half B of the development corpora against its gates. Usage: eval_gate.sh MERLON [CORPORA]
# Where the corpora are not there, says so and passes: `not-run` is a word that CI looks for where they must be.
set -eu
merlon=${1:?usage: eval_gate.sh MERLON [CORPORA]}
root=$(cd "$(dirname "$0")/.." && pwd)
corpora=${2:-${MERLON_CORPORA:-$root/../shared/corpora}}
if [ ! -d "$corpora" ]; then
  echo "not-run: accuracy: corpora not found"
  exit 0
fi
# The bars of docs/accuracy.md.
# `--fail-on medium`: a single soft sign that reaches the threshold is of medium severity, and the scorer is one.
exec "$merlon" eval "$corpora" --split B --strip-wrapper --fail-on medium \
  --max-alarms benign:hard=1 --max-alarms benign=0.3% --max-alarms texts-benign=1 \
  --min-recall wrapper:important-tag=98 --min-recall wrapper:when-called=98 --min-recall wrapper:system-note=98 \
  --min-recall stripped:important-tag=90 --min-recall stripped:when-called=90 --min-recall stripped:system-note=90 \
  --min-recall appended:harmful=60 --min-recall texts=80
