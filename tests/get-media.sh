#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fetches the real video and photos that the tests and the quickstart look at, out of two Debian packages,
# without installing these.
#
# Usage: get-media.sh [DIR]
#
# DIR is ${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}/media without an argument. It gets
# vtest.avi (a street with people; from opencv-doc) and astronaut.png, coffee.png and chelsea.png (public domain
# and CC0; from python3-skimage). The downloads, 117 MB, are removed afterwards. Run again, it does nothing.
# Needs apt.
set -eu

cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
dir=${1:-$cache/media}

say() { printf 'get-media: %s\n' "$*"; }
die() { printf 'get-media: %s\n' "$*" >&2; exit 1; }

is_complete() {
  for file in vtest.avi astronaut.png coffee.png chelsea.png; do
    [ -s "$dir/$file" ] || return 1
  done
}

# take PACKAGE FOLDER FILE...: puts the files of the package's folder into $dir.
take() {
  package=$1
  folder=$2
  shift 2
  say "downloading $package ..."
  # Root's apt would download as another user, who cannot get into this folder.
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package") ||
    die "apt-get could not download $package; is the network there, and was apt-get update run?"
  mkdir "$work/$package"
  for file; do
    dpkg --fsys-tarfile "$work/${package}"_*.deb | tar x -C "$work/$package" "./$folder/$file" ||
      die "$package has no $folder/$file"
    mv "$work/$package/$folder/$file" "$dir/$file"
  done
}

if is_complete; then
  say "the media are in $dir"
  exit 0
fi
for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || die "$tool is missing: the media come out of Debian packages"
done

mkdir -p "$dir" || die "the folder $dir cannot be made"
work=$(mktemp -d "$dir/.download.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

take opencv-doc usr/share/doc/opencv-doc/examples/data vtest.avi
take python3-skimage usr/lib/python3/dist-packages/skimage/data astronaut.png coffee.png chelsea.png
say "the media are in $dir"
