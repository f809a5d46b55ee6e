#!/usr/bin/env bash
# The step of action.yml: finds or builds merlon, scans, adds a summary to the job page, ends with the scan's exit code.
# Everything comes in through INPUT_* variables; tests/e2e/test_ci_examples.py runs it without GitHub.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_merlon() {
  if [ -n "${INPUT_MERLON:-}" ]; then
    echo "$INPUT_MERLON"
  elif ! command -v merlon; then
    (
      cd "$here/../../.."
      scripts/install_dependencies.sh build
      cmake --preset release -DMERLON_TESTS=OFF
      cmake --build --preset release
    ) >&2
    echo "$here/../../../build/release/merlon"
  fi
}

args=(scan --color never --fail-on "${INPUT_FAIL_ON:-high}" --min-severity "${INPUT_MIN_SEVERITY:-info}")
for option in since baseline config; do
  variable=INPUT_${option^^}
  if [ -n "${!variable:-}" ]; then args+=("--$option" "${!variable}"); fi
done
while IFS= read -r folder; do
  if [ -n "$folder" ]; then args+=(--rules "$folder"); fi
done <<<"${INPUT_RULES:-}"
sarif=${INPUT_SARIF_FILE:-merlon.sarif}
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
args+=(-o "sarif=$sarif" -o "markdown=$summary" --)
while IFS= read -r path; do
  if [ -n "$path" ]; then args+=("$path"); fi
done <<<"${INPUT_PATHS:-.}"

merlon=$(find_merlon)
status=0
"$merlon" "${args[@]}" || status=$?

cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
{
  echo "exit-code=$status"
  if [ -e "$sarif" ]; then echo "sarif=$sarif"; fi
} >>"${GITHUB_OUTPUT:-/dev/null}"
if [ "$status" -eq 3 ] && [ "${INPUT_ALLOW_INCOMPLETE:-false}" = true ]; then status=0; fi
exit "$status"
