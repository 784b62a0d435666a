#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Feeds what reads answers with whatever a fuzzer comes up with, two targets at a time where there are two processors.
# The last line is "N passed, N failed, N skipped", one for each target.
#
#   tests/fuzz/run.sh [SECONDS] [TARGET...]
#
#   SECONDS  for each target, 30 when not said
#   TARGET   mask, model_text, ndjson, polygon, reply, stream; all of them when not said
#
# What broke a target is left in build-fuzz/found, and shown with the command that repeats it. What was learned stays
# in build-fuzz/corpus for the next run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_dir=$root/build-fuzz
fixtures=$root/../shared/fixtures
all=(mask model_text ndjson polygon reply stream)

say() { printf 'fuzz: %s\n' "$*"; }

seconds=30
if [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; then
  seconds=$1
  shift
fi
[ $# -gt 0 ] || set -- "${all[@]}"
for target in "$@"; do
  if [[ " ${all[*]} " != *" $target "* ]]; then
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
  fi
done

skip_all() {
  echo "SKIPPED: fuzzing: $*"
  echo "0 passed, 0 failed, $count skipped"
  exit 0
}
fail_all() {
  say "$*"
  echo "0 passed, $count failed, 0 skipped"
  exit 1
}
count=$#

command -v clang++ >/dev/null || skip_all "clang is missing (Debian: tests/install-deps.sh fuzz)"
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
printf '#include <cstddef>\nextern "C" int LLVMFuzzerTestOneInput(const char *, std::size_t) { return 0; }\n' \
  >"$probe/probe.cpp"
clang++ -fsanitize=fuzzer,address,undefined -o "$probe/probe" "$probe/probe.cpp" >"$probe/log" 2>&1 ||
  skip_all "clang's runtime is missing (Debian: tests/install-deps.sh fuzz)"

say "building in $build_dir"
mkdir -p "$build_dir"
log=$build_dir/setup.log
programs=()
for target in "$@"; do
  programs+=("tests/fuzz/fuzz_$target")
done
configure() {
  CC=clang CXX=clang++ meson setup "$@" -Dfuzzing=enabled -Dtests=disabled -Dopencv=disabled \
    -Dintrospection=disabled -Db_lundef=false "$build_dir" "$root" >"$log" 2>&1 </dev/null
}
if ! { [ -f "$build_dir/build.ninja" ] && configure --reconfigure; }; then
  if [ -f "$build_dir/meson-private/coredata.dat" ]; then
    configure --wipe
  else
    configure
  fi || {
    tail -n 40 "$log"
    fail_all "meson could not configure the build"
  }
fi
ninja -C "$build_dir" "${programs[@]}" >"$log" 2>&1 </dev/null || {
  tail -n 60 "$log"
  fail_all "the build failed"
}

# What was freed is kept for a while to catch its users: less of it than would pass the limit for all memory.
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=64
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

# Longer inputs are slower and find little that short ones do not.
declare -A max_len=([mask]=4096 [model_text]=4096 [ndjson]=4096 [polygon]=2048 [reply]=4096 [stream]=4096)
# With time enough, recorded masks are not cut.
if [ "$seconds" -ge 60 ]; then
  max_len[mask]=65536
  max_len[reply]=65536
fi

fuzz() { # fuzz TARGET
  local target=$1 program=$build_dir/tests/fuzz/fuzz_$1
  local corpus=$build_dir/corpus/$1 seeds=$build_dir/seeds/$1 found=$build_dir/found log=$build_dir/fuzz-$1.log
  rm -rf "$seeds"
  mkdir -p "$corpus" "$seeds" "$found"
  rm -f "$found/$target"-*
  python3 "$root/tests/fuzz/make_seeds.py" "$target" "$seeds" "$fixtures" || {
    say "$target: its seeds cannot be made"
    return 1
  }
  local status=0
  "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=512 -max_len="${max_len[$target]}" \
    -dict="$root/tests/fuzz/words.dict" -artifact_prefix="$found/$target-" -print_final_stats=1 -verbosity=1 \
    "$corpus" "$seeds" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    say "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, none broke it"
    return 0
  fi
  # The trace, without the progress before it.
  grep -vE '^#[0-9]+\s+(INITED|NEW|REDUCE|RELOAD|pulse)' "$log" | tail -n 60
  local input
  for input in "$found/$target"-*; do
    [ -f "$input" ] && say "$target broke: repeat with $program $input"
  done
  return 1
}

passed=0
failed=0
at_a_time=$(($(nproc) > 1 ? 2 : 1))
declare -A running=() # targets by their processes

# Waits for one of them. What it has to say stays together.
finish_one() {
  local pid='' status=0
  wait -n -p pid "${!running[@]}" || status=$?
  cat "$build_dir/said-${running[$pid]}.log"
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
  unset "running[$pid]"
}

for target in "$@"; do
  [ "${#running[@]}" -lt "$at_a_time" ] || finish_one
  say "$target for $seconds s"
  (fuzz "$target" || exit 1) >"$build_dir/said-$target.log" 2>&1 &
  running[$!]=$target
done
while [ "${#running[@]}" -gt 0 ]; do
  finish_one
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
