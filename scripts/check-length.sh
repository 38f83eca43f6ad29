#!/bin/sh
# No source file is longer than 500 lines and no C function longer than 70: what is longer hides a second thing.
set -eu
cd "$(dirname "$0")/.."
find src sim fuzz bench web/src -name '*.[ch]' -o -name '*.ts' -o -name '*.tsx' | sort | xargs awk '
  FNR == 1 { open = 0 }
  FILENAME ~ /\.[ch]$/ && /^{/ { open = FNR }
  FILENAME ~ /\.[ch]$/ && /^}/ && open {
    if (FNR - open > 70) { printf "%s:%d: a function of %d lines\n", FILENAME, open, FNR - open; bad = 1 }
    open = 0
  }
  FNR == 501 { printf "%s: more than 500 lines\n", FILENAME; bad = 1 }
  END { exit bad }'
