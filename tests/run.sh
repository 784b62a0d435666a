#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sets up everything, builds, and runs the tests. The last line is always "N passed, N failed, N skipped".
#
#   tests/run.sh [--full|--soak] [--sanitize address,undefined|thread] [--build-dir DIR] [--no-install]
#
#   --full        also what takes long: soaks, long streams, benchmarks, fuzzing
#   --soak        two minutes of a service that fails a third of all requests, and nothing else
#   --sanitize    build and run under these sanitizers, in a build folder of their own
#   --build-dir   where to build, instead of build, build-asan or build-tsan in the source
#   --no-install  install no packages
#
# CI=true makes warnings errors and a missing optional dependency too.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
tier=quick
install=yes
sanitize=none
build_dir=

say() { printf 'tests: %s\n' "$*"; }
# Nothing could be tested: that is one failure.
give_up() {
  say "$*"
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
}
usage() {
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --full | --soak) tier=${1#--} ;;
    --no-install) install=no ;;
    --sanitize) sanitize=${2:-} && shift ;;
    --sanitize=*) sanitize=${1#*=} ;;
    --build-dir) build_dir=${2:-} && shift ;;
    --build-dir=*) build_dir=${1#*=} ;;
    *) usage ;;
  esac
  [ $# -gt 0 ] || usage
  shift
done

options=(-Dtests=enabled)
case $sanitize in
  none)
    build_dir=${build_dir:-$root/build}
    options+=(-Db_sanitize=none)
    ;;
  address,undefined)
    build_dir=${build_dir:-$root/build-asan}
    ;;
  thread)
    build_dir=${build_dir:-$root/build-tsan}
    ;;
  *) usage ;;
esac
if [ "$sanitize" != none ]; then
  # Programs that are not ours, such as the introspection scanner and Python, cannot load sanitized libraries.
  # What a sanitizer adds takes the optimizer four times as long to compile, and the tests run hardly faster for it.
  options+=(-Db_sanitize="$sanitize" -Db_lundef=false -Doptimization=g -Dintrospection=disabled)
  # Names and lines are all that a report needs. A null pointer that is read is seen without a check before each, which
  # takes a quarter of the time to compile.
  lean=-g1
  [ "$sanitize" = thread ] || lean+=' -fno-sanitize=null'
  options+=(-Dc_args="$lean" -Dcpp_args="$lean")
elif [ "${CI:-}" = true ]; then
  options+=(-Dintrospection=enabled)
fi
if [ "${CI:-}" = true ]; then
  options+=(-Dopencv=enabled)
fi
# Under a sanitizer the optimizer sees paths that do not exist, and warns of them.
if [ "${CI:-}" = true ] && [ "$sanitize" = none ]; then
  options+=(-Dwerror=true)
else
  options+=(-Dwerror=false)
fi

if [ "$install" = yes ]; then
  "$root/tests/install-deps.sh" build || give_up "without these packages nothing can be built"
  "$root/tests/install-deps.sh" video || say "the tests of cameras and of textures cannot be installed"
  "$root/tests/install-deps.sh" heif || say "the test of HEIC cannot be installed"
  if [ "$tier" = full ]; then
    "$root/tests/install-deps.sh" fuzz || say "the fuzzer cannot be installed"
  fi
  if [ ! -s "$cache/models/stamp" ] || [ ! -s "$cache/sdk/stamp" ]; then
    "$root/tests/install-deps.sh" fetch || say "the emulator's network and the official SDK cannot be fetched"
  fi
fi

mkdir -p "$build_dir"
build_dir=$(cd "$build_dir" && pwd)
setup_log=$build_dir/setup.log
say "building in $build_dir"
configure() {
  meson setup "$@" "${options[@]}" "$build_dir" "$root" >"$setup_log" 2>&1 </dev/null
}
# A folder that another version of Meson made has to be made anew.
if ! { [ -f "$build_dir/build.ninja" ] && configure --reconfigure; }; then
  if [ -f "$build_dir/meson-private/coredata.dat" ]; then
    configure --wipe
  else
    configure
  fi || {
    tail -n 40 "$setup_log"
    give_up "meson could not configure the build"
  }
fi
targets=(meson-test-prereq)
[ "$tier" != full ] || [ "$sanitize" != none ] || targets+=(meson-benchmark-prereq)
# On a terminal ninja shows its own progress on one line; elsewhere only what went wrong is shown.
if [ -t 1 ]; then
  ninja -C "$build_dir" "${targets[@]}" </dev/null || give_up "the build failed"
else
  ninja -C "$build_dir" "${targets[@]}" >"$setup_log" 2>&1 </dev/null || {
    if grep -q '^FAILED: ' "$setup_log"; then
      sed -n '/^FAILED: /,$p' "$setup_log" | grep -v '^\[' | head -n 100
    else
      tail -n 40 "$setup_log"
    fi
    give_up "the build failed"
  }
fi

"$root/tests/emulator/get-models.sh" </dev/null ||
  say "the emulator's network cannot be had: tests that need it are skipped"
"$root/tests/sdk/get-sdk.sh" </dev/null ||
  say "the official SDK cannot be had: tests that need it are skipped"
"$root/tests/get-media.sh" </dev/null ||
  say "the test media cannot be had: tests that need them are skipped"

# Where the tests look for them.
export GST_GEMINI_CACHE=$cache
export GST_GEMINI_MEDIA=$cache/media

# The registries of meson.build; the user's own is left alone. Made here, by a program without a sanitizer, they spare
# every test the scan of all plugins, which starts threads and leaks.
for registry in registry-static-tests registry-tests; do
  export GST_REGISTRY=$build_dir/$registry.bin
  [ -f "$GST_REGISTRY" ] || gst-inspect-1.0 --version >/dev/null 2>&1 </dev/null ||
    say "gst-inspect-1.0 does not run"
done

# They mostly wait, but for those with a sanitizer.
test_options=()
[ "$sanitize" != none ] || test_options+=(--num-processes $((2 * $(nproc))))
if [ "$sanitize" != none ]; then
  suppressions=$root/tests/sanitizers
  # GLib keeps no frame pointers: only the slow way to unwind sees who called it.
  export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:detect_stack_use_after_return=1
  ASAN_OPTIONS+=:fast_unwind_on_malloc=0:malloc_context_size=16
  export LSAN_OPTIONS=suppressions=$suppressions/leak.supp:print_suppressions=0
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  # The locks and atomics of GLib and GStreamer are invisible, so what they do themselves is left alone.
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1
  # By default every process waits a second at its end.
  TSAN_OPTIONS+=:atexit_sleep_ms=0:suppressions=$suppressions/thread.supp
  export G_SLICE=always-malloc
  # The plugin scanner is not built with the sanitizer, and could not load our plugin.
  export GST_REGISTRY_FORK=no
  export CK_TIMEOUT_MULTIPLIER=4
  test_options+=(--no-suite no-sanitizer --timeout-multiplier 4)
fi

# Failures are read from the log, so that of meson's own status only "it did not run at all" matters.
run_tests() { # run_tests LOG ARGUMENT...
  local log=$1
  shift
  logs+=("$build_dir/meson-logs/$log.json")
  rm -f "$build_dir/meson-logs/$log.json"
  meson test -C "$build_dir" --no-rebuild --logbase "$log" "${test_options[@]}" "$@" </dev/null || true
}
logs=()
case $tier in
  full)
    run_tests full --no-suite soak
    # Under a sanitizer they would compare what is instrumented with what is not.
    if [ "$sanitize" = none ] && [ "$(meson introspect --benchmarks "$build_dir" 2>/dev/null </dev/null)" != '[]' ]; then
      run_tests benchmarks --benchmark
    fi
    ;;
  soak) run_tests soak --suite soak ;;
  quick) run_tests quick --no-suite full --no-suite soak ;;
esac

# Under our sanitizers there is nothing to gain: the fuzzer brings its own.
if [ "$tier" = full ] && [ "$sanitize" = none ]; then
  logs+=("$build_dir/meson-logs/fuzz.txt")
  "$root/tests/fuzz/run.sh" 600 2>&1 | tee "${logs[-1]}" || true
fi

status=0
python3 "$root/tests/count_results.py" "${logs[@]}" || status=$?
exit "$status"
