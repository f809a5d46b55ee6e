#!/usr/bin/env bash
# Runs every fuzz target for a short time, two at once. Usage: scripts/fuzz_smoke.sh [SECONDS_IN_ALL] (default 240)
# MERLON_FUZZ_PRESET=fuzz takes an optimised build instead of the one of the sanitizer tests, for a long run.
# A crash leaves its input in build/<preset>/crashes and fails; give it a name and add it to testdata/corpus/<unit>.
set -euo pipefail
cd "$(dirname "$0")/.."
total=${1:-240}
preset=${MERLON_FUZZ_PRESET:-asan}
build=build/$preset
mapfile -t targets < <(cd tests/fuzz && ls fuzz_*.cpp | sed 's/\.cpp$//')
cmake --preset "$preset" -DMERLON_TESTS=ON -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache >/dev/null
cmake --build --preset "$preset" --target "${targets[@]}"
each=$((2 * total / ${#targets[@]}))
mkdir -p "$build/crashes"

# Its own corpus and the folders that tests/fuzz/seeds.txt names; missing ones give nothing.
seeds_of() {
  local folder
  for folder in "testdata/corpus/$1" $(sed -n "s/^$1 //p" tests/fuzz/seeds.txt); do
    if [ -d "$folder" ]; then printf '%s\n' "$folder"; fi
  done
}

run_target() {
  local unit=${1#fuzz_} work log seeds
  work=$(mktemp -d)
  log="$build/$unit.log"
  mapfile -t seeds < <(seeds_of "$unit")
  # -rss_limit_mb also catches inputs that make a parser take memory out of proportion.
  if "$build/tests/$1" -max_total_time="$each" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -verbosity=0 \
      -max_len=65536 -artifact_prefix="$build/crashes/$unit-" "$work" "${seeds[@]}" >"$log" 2>&1; then
    echo "fuzz $unit: $(sed -n 's/.*number_of_executed_units: *//p' "$log") runs in ${each}s"
    rm -rf "$work"
    return 0
  fi
  echo "fuzz $unit: FAILED, its input is in $build/crashes; last lines:"
  tail -n 25 "$log"
  rm -rf "$work"
  return 1
}

status=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  pids=()
  for target in "${targets[@]:i:2}"; do run_target "$target" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
done
exit $status
