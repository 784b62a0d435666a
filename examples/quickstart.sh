#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sets up everything and annotates a video: from a fresh Debian 12 or 13 to annotated.mp4, annotated.ndjson and
# annotated.png in the current folder. A camera is annotated until Ctrl-C, in a window instead of annotated.mp4 where
# there is a display. What is set up already costs nothing the next time.
#
#   examples/quickstart.sh [VIDEO|PICTURE|rtsp://...|webcam] [PROMPT]
#
# Without a video it takes a real street scene of 80 seconds. With GOOGLE_API_KEY or GEMINI_API_KEY set it asks
# Gemini; without, a stand-in on this machine, which finds 80 kinds of things with a small neural network.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
build=${GST_GEMINI_BUILD_DIR:-$root/build}
scratch=
emulator=

say() { printf 'quickstart: %s\n' "$*"; }
die() {
  say "$*" >&2
  exit 1
}
clean_up() {
  if [ -n "$emulator" ]; then
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
  fi
  if [ -n "$scratch" ]; then
    rm -rf "$scratch"
  fi
}
trap clean_up EXIT
trap 'exit 143' TERM

case ${1:-} in
  -h | --help)
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  '' | *://*) ;;
  webcam) [ -e /dev/video0 ] || die "there is no camera at /dev/video0" ;;
  /dev/video*) [ -e "$1" ] || die "there is no camera at $1" ;;
  *) [ -r "$1" ] || die "there is no file '$1' that can be read" ;;
esac
input=${1:-}
prompt=${2:-}
has_key=no
if [ -n "${GOOGLE_API_KEY:-}${GEMINI_API_KEY:-}" ]; then
  has_key=yes
fi

build_product() {
  local log
  say "building"
  mkdir -p "$build"
  log=$build/quickstart.log
  if [ ! -f "$build/build.ninja" ]; then
    meson setup -Dtests=enabled -Dopencv=enabled -Dintrospection=enabled "$build" "$root" >"$log" 2>&1 || {
      tail -n 20 "$log"
      die "the build could not be configured"
    }
  fi
  local targets=(gst/plugin/libgstgemini.so gst/gemini/GstGemini-1.0.typelib)
  [ "$has_key" = yes ] || targets+=(tests/emulator/gemini-emulator)
  if [ -t 1 ]; then
    ninja -C "$build" "${targets[@]}" || die "the build failed"
  else
    ninja -C "$build" "${targets[@]}" >"$log" 2>&1 || {
      grep -v '^\[' "$log" | tail -n 40
      die "the build failed"
    }
  fi
}

# It dies with this script however that ends, and not of the Ctrl-C that only means the end of the video.
start_emulator() {
  scratch=$(mktemp -d)
  : >"$scratch/emulator.log"
  setsid setpriv --pdeathsig TERM "$build/tests/emulator/gemini-emulator" --vision coco --models "$cache/models" \
    --port 0 >"$scratch/emulator.log" 2>&1 </dev/null &
  emulator=$!
  local url=
  while [ -z "$url" ]; do
    url=$(sed -n '1s/^listening on //p' "$scratch/emulator.log")
    kill -0 "$emulator" 2>/dev/null || {
      cat "$scratch/emulator.log"
      die "the stand-in for Gemini did not start"
    }
    sleep 0.1
  done
  export GOOGLE_GEMINI_BASE_URL=$url
  export GEMINI_API_KEY=emulator-key
}

"$root/tests/install-deps.sh" build
if [ "$has_key" = no ] && [ ! -s "$cache/models/stamp" ]; then
  "$root/tests/install-deps.sh" fetch
fi
build_product
if [ -z "$input" ]; then
  "$root/tests/get-media.sh" || die "the video cannot be had; give one of your own as argument"
  input=$cache/media/vtest.avi
fi
if [ "$has_key" = yes ]; then
  say "asking Gemini with your key: one request for every second of video"
else
  "$root/tests/emulator/get-models.sh" ||
    die "the network of the stand-in cannot be had; with GEMINI_API_KEY set it is not needed"
  say "no GOOGLE_API_KEY or GEMINI_API_KEY is set, so a stand-in on this machine answers instead of Gemini"
  start_emulator
fi

export GST_PLUGIN_PATH=$build/gst/plugin${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
export GI_TYPELIB_PATH=$build/gst/gemini${GI_TYPELIB_PATH:+:$GI_TYPELIB_PATH}
export LD_LIBRARY_PATH=$build/gst/gemini${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export GST_REGISTRY=$build/registry.bin
arguments=("$input")
if [ -n "$prompt" ]; then
  arguments+=("$prompt")
fi
# The encoder complains of every end of a stream, for no reason.
/usr/bin/python3 "$root/examples/annotate.py" "${arguments[@]}" 2> >(grep -v '^\[OpenH264\].*cmInitParaError' >&2)
