#!/usr/bin/env bash
# Runs every fuzz target for a short time. Usage: scripts/fuzz_smoke.sh [SECONDS_IN_ALL] (default 240)
# A crash leaves its input in build/fuzz/crashes and fails; give it a name and add it to testdata/corpus/<unit>.
set -euo pipefail
cd "$(dirname "$0")/.."
total=${1:-240}
cmake --preset fuzz -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache >/dev/null
mapfile -t targets < <(cd tests/fuzz && ls fuzz_*.cpp | sed 's/\.cpp$//')
cmake --build --preset fuzz --target "${targets[@]}"
each=$((total / (${#targets[@]} > 0 ? ${#targets[@]} : 1)))
mkdir -p build/fuzz/crashes
status=0
run_target() {
  local target=$1 unit=${1#fuzz_} work seeds
  work=$(mktemp -d)
  seeds=(testdata/manifests)
  [ -d "testdata/corpus/$unit" ] && seeds+=("testdata/corpus/$unit")
  # -rss_limit_mb also catches inputs that make a parser take memory out of proportion.
  if "build/fuzz/tests/$target" -max_total_time="$each" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -verbosity=0 \
      -max_len=65536 -artifact_prefix="build/fuzz/crashes/$unit-" "$work" "${seeds[@]}" >"build/fuzz/$unit.log" 2>&1; then
    echo "fuzz $unit: $(grep -o 'number_of_executed_units: [0-9]*' "build/fuzz/$unit.log" | grep -o '[0-9]*$') runs in ${each}s"
  else
    echo "fuzz $unit: FAILED, see build/fuzz/crashes; last lines:"
    tail -n 25 "build/fuzz/$unit.log"
    rm -rf "$work"
    return 1
  fi
  rm -rf "$work"
}
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  # Two at a time; each gets twice its share.
  pids=()
  each=$((2 * total / ${#targets[@]}))
  for target in "${targets[@]:i:2}"; do run_target "$target" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
done
exit $status
