#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library exports what is listed, nothing more and nothing less. A symbol that leaves the list breaks
# applications; one that joins it has to be kept for good.
#
# usage: test_symbols.sh LIBRARY LIST
set -eu

exported=$(nm -D -C --defined-only "$1" | cut -d ' ' -f 3- | cut -d '(' -f 1 | LC_ALL=C sort)
if difference=$(printf '%s\n' "$exported" | diff "$2" -); then
  echo "$(printf '%s\n' "$exported" | wc -l) symbols, as listed"
else
  echo "exported symbols differ from $2 (< listed, > exported):"
  echo "$difference"
  exit 1
fi
