#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a script of this folder with the Node and the SDK that get-sdk.sh has fetched; status 77 without them, which
# meson takes for "skipped".
#
# Usage: run-node.sh ARGUMENT...
set -eu

dir=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}/sdk
if [ ! -s "$dir/stamp" ] || ! "$dir/bin/node" --version >/dev/null 2>&1; then
  echo "SKIPPED: the official SDK or a Node to run it with is missing: run tests/sdk/get-sdk.sh"
  exit 77
fi
exec "$dir/bin/node" "$@"
