#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Another Debian in a folder: makes it once, and runs commands in it on the checked-out source.
#
#   .ci/chroot.sh prepare SUITE           make or refresh it; status 75 when its packages cannot be had
#   .ci/chroot.sh run SUITE COMMAND...    run a command in it
#
# Inside, the source is /src (read-only), the models and media are /cache (read-only), and /build outlives the run.
# Nothing stays mounted afterwards, and the host's loopback is shared. Needs root.
set -euo pipefail

chroots=${GST_GEMINI_CHROOTS:-/var/cache/gst-gemini/chroots}
cache=${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}
src=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly unavailable=75

say() { printf '%s: %s\n' "$suite" "$*"; }
unavailable() {
  say "$*"
  exit $unavailable
}

# What a folder must have been made with to be used as it stands.
recipe() {
  printf 'recipe 3\n'
  "$src/tests/install-deps.sh" --list build heif video
}

# Runs a command in a mount and process namespace of its own: all mounts, and all processes that the command
# leaves behind, end with it.
isolated() {
  unshare --mount --pid --fork --kill-child "$@" </dev/null
}

install_debootstrap() {
  command -v debootstrap >/dev/null && return
  say "installing debootstrap"
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y debootstrap; } </dev/null ||
    unavailable "debootstrap cannot be installed"
}

# debootstrap leaves half a system behind when it fails, so the folder gets its name only when the base is whole.
make_base() {
  local new="$root.new"
  install_debootstrap
  rm -rf --one-file-system "$root" "$new"
  say "making the base system in $root"
  isolated debootstrap --variant=minbase "$suite" "$new" >"$root.log" 2>&1 || {
    tail -n 5 "$root.log"
    unavailable "debootstrap failed: the whole log is $root.log"
  }
  # Documentation is left out, nothing is started, and the lists of a mirror that lags are taken.
  printf 'path-exclude=/usr/share/%s/*\n' doc man locale >"$new/etc/dpkg/dpkg.cfg.d/slim"
  printf 'force-unsafe-io\n' >>"$new/etc/dpkg/dpkg.cfg.d/slim"
  cat >"$new/etc/apt/apt.conf.d/99slim" <<'CONF'
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
CONF
  printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
  chmod +x "$new/usr/sbin/policy-rc.d"
  mv "$new" "$root"
}

# One at a time: the folder has one build, of one checkout.
lock() {
  [ "$(id -u)" -eq 0 ] || unavailable "making and entering it needs root"
  mkdir -p "$chroots"
  exec 9>"$root.lock"
  flock --nonblock 9 || {
    say "waiting for another run that uses $root"
    flock 9
  }
}

prepare() {
  if [ -f "$root/.recipe" ] && [ "$(cat "$root/.recipe")" = "$(recipe)" ]; then
    say "using $root"
    return
  fi
  [ -f "$root/.base" ] || {
    make_base
    touch "$root/.base"
  }
  say "installing the packages"
  run /src/tests/install-deps.sh build video >"$root.log" 2>&1 || {
    grep -E '^(E:|packages:)' "$root.log" | tail -n 5
    unavailable "its packages cannot be had: the whole log is $root.log"
  }
  run /src/tests/install-deps.sh heif >"$root.log" 2>&1 ||
    say "without HEIC: what its test needs cannot be had"
  # For the tests that numbers are written the same everywhere.
  run sh -c 'apt-get install -y locales && localedef -i de_DE -f UTF-8 de_DE.UTF-8' >"$root.log" 2>&1 ||
    unavailable "a German locale cannot be had: the whole log is $root.log"
  run apt-get clean
  recipe >"$root/.recipe"
  say "ready: $root"
}

# The mounts of `run`, from inside the new namespace.
enter() {
  mkdir -p "$root"/{src,cache,build}
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind "$src" "$root/src"
  mount -o remount,bind,ro "$root/src"
  if [ -d "$src/../shared" ]; then
    mkdir -p "$root/shared"
    mount --bind "$src/../shared" "$root/shared"
    mount -o remount,bind,ro "$root/shared"
  fi
  if [ -d "$cache" ]; then
    mount --bind "$cache" "$root/cache"
    mount -o remount,bind,ro "$root/cache"
  fi
  # Ninja goes by times of files, which say nothing between one checkout and another.
  local checkout
  checkout="$src $(stat -c %i "$src")"
  if [ "$(cat "$root/.checkout" 2>/dev/null)" != "$checkout" ]; then
    rm -rf --one-file-system "$root/build"
    mkdir "$root/build"
    printf '%s\n' "$checkout" >"$root/.checkout"
  fi
  rm -rf --one-file-system "$root/tmp"
  mkdir -m 1777 "$root/tmp"
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    CI="${CI:-}" GST_GEMINI_CACHE=/cache "$@"
}

run() {
  isolated "$src/.ci/chroot.sh" enter "$suite" "$@"
}

[ $# -ge 2 ] || {
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
action=$1
suite=$2
root=$chroots/$suite
shift 2
case $action in
  prepare)
    lock
    prepare
    ;;
  run)
    lock
    run "$@"
    ;;
  enter) enter "$@" ;;
  *) exit 2 ;;
esac
