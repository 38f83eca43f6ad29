#!/bin/sh
# ARCHITECTURE.md names files and functions in its tours: `src/media/worker.c` and `src/media/worker.c: worker_step`.
# Every one of them must exist, so that the tours cannot rot.
set -eu
cd "$(dirname "$0")/.."
bad=0
names=$(grep -oE '`(src|web|test|sim|fuzz|scripts|docs)/[A-Za-z0-9_./-]+(: [A-Za-z0-9_]+)?`' ARCHITECTURE.md | tr -d '`' | sort -u)
[ -n "$names" ] || { echo "ARCHITECTURE.md names nothing"; exit 1; }
echo "$names" | {
  while IFS= read -r name; do
    file=${name%%:*}
    [ -e "$file" ] || { echo "$name: no such file"; bad=1; continue; }
    case "$name" in
      *': '*) grep -qE "(^|[^A-Za-z0-9_])${name##*: }[^A-Za-z0-9_]" "$file" || { echo "$name: not in that file"; bad=1; } ;;
    esac
  done
  exit $bad
}
