#!/bin/sh
# Whatever a header offers to parse or decode bytes with is called by a fuzz target.
set -eu
cd "$(dirname "$0")/.."
bad=0
for f in $(grep -hoE '\b[a-z0-9_]+_(parse|decode|decode_exact)\(' src/*/*.h | tr -d '(' | sort -u); do
  grep -qE "\\b$f\\(" fuzz/*.c fuzz/*.h || { echo "$f: no fuzz target calls it"; bad=1; }
done
exit $bad
