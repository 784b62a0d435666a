#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is installed works for those who have nothing but that: a C program outside our tree builds with pkg-config
# and runs, headers stand alone, and the plugin loads, finds its library and exports only what GStreamer asks for.
#
# From Meson: MESON, CC, CXX, BUILD_DIR, PREFIX, LIBDIR, FIXTURE (library), CONSUMER (source), SANITIZE ("none" or a
# list), HAS_GIR (0 or 1).
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
prefix=$root$PREFIX
libdir=$prefix/$LIBDIR
fail() {
  echo "FAILED: $*"
  exit 1
}

"$MESON" install -C "$BUILD_DIR" --no-rebuild --quiet --destdir "$root" > "$root/install.log" 2>&1 ||
  { cat "$root/install.log"; fail "meson install"; }

# --- the library, for an application ---

# The .pc file names the place it is meant for; here that lies under DESTDIR.
mkdir "$root/pkgconfig"
sed "s|^prefix=.*|prefix=$prefix|" "$libdir/pkgconfig/gstreamer-gemini-1.0.pc" > "$root/pkgconfig/gstreamer-gemini-1.0.pc"
export PKG_CONFIG_PATH="$root/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
flags=$(pkg-config --cflags gstreamer-gemini-1.0)
libs=$(pkg-config --libs gstreamer-gemini-1.0)
sanitize=
[ "$SANITIZE" = none ] || sanitize=-fsanitize=$SANITIZE
strict="-Wall -Wextra -Wpedantic -Werror $sanitize"

for header in "$prefix"/include/gstreamer-1.0/gst/gemini/*; do
  case $header in
    *private* | *internal* | *.hpp) fail "$header is not for applications" ;;
  esac
  echo "#include <gst/gemini/$(basename "$header")>" > "$root/header.c"
  # shellcheck disable=SC2086 # flags are words
  $CC -std=c11 $strict -fsyntax-only "$root/header.c" $flags || fail "$header as C"
  # shellcheck disable=SC2086
  $CXX -std=c++11 $strict -fsyntax-only -x c++ "$root/header.c" $flags || fail "$header as C++"
done

# shellcheck disable=SC2086
$CC -std=c11 $strict "$CONSUMER" "$FIXTURE" $flags $libs -o "$root/consumer" || fail "building a C program"
# shellcheck disable=SC2086
$CXX -std=c++11 $strict -x c++ "$CONSUMER" -x none "$FIXTURE" $flags $libs -o "$root/consumer++" ||
  fail "building the same program as C++"
for program in consumer consumer++; do
  LD_LIBRARY_PATH=$libdir:$(dirname "$FIXTURE") "$root/$program" || fail "running $program"
done
echo "a C and a C++ program build against the installed files and run"

if [ "$HAS_GIR" = 1 ]; then
  [ -f "$prefix/share/gir-1.0/GstGemini-1.0.gir" ] || fail "no GIR"
  [ -f "$libdir/girepository-1.0/GstGemini-1.0.typelib" ] || fail "no typelib"
fi

# --- the plugin ---

if ! [ -f "$BUILD_DIR/gst/plugin/libgstgemini.so" ]; then
  echo "SKIPPED: the plugin is not part of this build"
  exit 0
fi
plugin=$libdir/gstreamer-1.0/libgstgemini.so
[ -f "$plugin" ] || fail "the plugin is not installed"
exported=$(nm -D --defined-only "$plugin" | cut -d ' ' -f 3 | LC_ALL=C sort | tr '\n' ' ')
[ "$exported" = "gst_plugin_gemini_get_desc gst_plugin_gemini_register " ] || fail "the plugin exports $exported"
echo "the plugin exports its two entry points only"

if [ "$SANITIZE" != none ]; then
  echo "SKIPPED: gst-inspect-1.0 cannot load a plugin with a sanitizer"
  exit 0
fi
# No LD_LIBRARY_PATH: the plugin has to find the library by itself.
unset LD_LIBRARY_PATH
inspected=$(GST_PLUGIN_PATH_1_0=$libdir/gstreamer-1.0 GST_REGISTRY_1_0=$root/registry gst-inspect-1.0 gemini 2>&1) ||
  fail "gst-inspect-1.0 does not load the installed plugin: $inspected"
case $inspected in
  *"$plugin"*) echo "the installed plugin loads" ;;
  *) fail "gst-inspect-1.0 found another plugin: $inspected" ;;
esac
