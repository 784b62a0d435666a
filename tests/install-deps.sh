#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the Debian packages that building, testing and the quickstart need: those that are missing, and no others.
#
#   tests/install-deps.sh [GROUP...]          install (as root or with sudo); without a GROUP all of them
#   tests/install-deps.sh --list [GROUP...]   print the names, one a line
#   tests/install-deps.sh --check [GROUP...]  print those that are missing; status 1 when there are any
#
# Groups: build (compile and run), fetch (the emulator's network, the official SDK and the test media), fuzz (tests/fuzz/run.sh),
# video (tests of cameras and of textures), heif (the test of HEIC).
set -euo pipefail

build=(
  # compilers and tools
  g++
  gobject-introspection
  meson
  ninja-build
  pkg-config
  # libraries; -bad-dev is for gstreamer-analytics, and brings OpenCV's with it
  libcairo2-dev
  libgirepository1.0-dev
  libgstreamer-plugins-bad1.0-dev
  libgstreamer-plugins-base1.0-dev
  libgstreamer1.0-dev
  libjson-glib-dev
  libopencv-dev
  libpango1.0-dev
  libpng-dev
  libsoup-3.0-dev
  libturbojpeg0-dev
  zlib1g-dev
  # to run pipelines, also from Python; curl, nghttp2-proxy and openssl are for HTTP/2 in the tests, xvfb for a window
  ca-certificates
  curl
  fonts-dejavu-core
  gir1.2-gst-plugins-base-1.0
  gstreamer1.0-libav
  gstreamer1.0-plugins-bad
  gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good
  gstreamer1.0-tools
  gstreamer1.0-x
  nghttp2-proxy
  openssl
  python3
  python3-gi
  python3-gst-1.0
  xvfb
)
fetch=(
  ca-certificates
  npm
  python3
)
fuzz=(
  clang
  libclang-rt-dev
  python3
)
heif=(
  heif-gdk-pixbuf
  libheif-examples
  libheif-plugin-x265
)
video=(
  gir1.2-gst-rtsp-server-1.0
  gstreamer1.0-gl
  gstreamer1.0-x
  libgl1-mesa-dri
  xvfb
)

say() { printf 'packages: %s\n' "$*"; }
die() {
  printf 'packages: %s\n' "$*" >&2
  exit 1
}

# npm is not a Debian package where Node comes from elsewhere.
is_there() {
  if [ "$1" = npm ] && command -v npm >/dev/null; then
    return 0
  fi
  # In Debian 12 it is a part of libheif1.
  if [ "$1" = libheif-plugin-x265 ] && grep -qx 'VERSION_ID="12"' /etc/os-release; then
    return 0
  fi
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

action=install
case ${1:-} in
  --list | --check)
    action=${1#--}
    shift
    ;;
esac
[ $# -gt 0 ] || set -- build fetch fuzz heif video

wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    fetch) wanted+=("${fetch[@]}") ;;
    fuzz) wanted+=("${fuzz[@]}") ;;
    heif) wanted+=("${heif[@]}") ;;
    video) wanted+=("${video[@]}") ;;
    *) die "there is no group '$group'; the groups are build, fetch, fuzz, heif and video" ;;
  esac
done

if [ "$action" = list ]; then
  printf '%s\n' "${wanted[@]}" | sort -u
  exit 0
fi

command -v dpkg-query >/dev/null ||
  die "this is not Debian: install what 'tests/install-deps.sh --list' names by other means"

missing=()
while read -r package; do
  is_there "$package" || missing+=("$package")
done < <(printf '%s\n' "${wanted[@]}" | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$action" = check ]; then
  printf '%s\n' "${missing[@]}"
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    die "neither root nor sudo is here; ask for: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Of what apt says shows a line for every tenth of the way; the rest goes to the log.
show_progress() {
  local line kind percent shown=
  while IFS= read -r line; do
    case $line in
      dlstatus:* | pmstatus:*)
        IFS=: read -r kind _ percent _ <<<"$line"
        kind=${kind/dlstatus/downloading}
        kind="${kind/pmstatus/installing} ${percent%%.*}"
        [ "${kind%?}" = "$shown" ] || say "$kind %"
        shown=${kind%?}
        ;;
      *) printf '%s\n' "$line" >>"$log" ;;
    esac
  done
}
apt_failed() {
  { grep -E '^(E|W|Err):?' "$log" || cat "$log"; } | tail -n 20 >&2
  die "$*"
}

say "installing ${#missing[@]} that are missing: ${missing[*]}"
apt_get update >"$log" ||
  apt_failed "the package lists cannot be fetched: is there a network, and a mirror in /etc/apt?"
apt_get install -y --no-install-recommends -o APT::Status-Fd=1 "${missing[@]}" | show_progress ||
  apt_failed "apt could not install ${missing[*]}"
say "done"
