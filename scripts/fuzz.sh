#!/bin/sh
# Runs every fuzz target with libFuzzer for the given number of seconds each; new inputs stay in build/fuzz/corpus, the
# committed corpus is read only. A crash leaves its input in build/fuzz and ends the run.
set -eu
seconds=${1:-60}
cd "$(dirname "$0")/.."
[ -f build/fuzz/build.ninja ] ||
  CC=clang meson setup build/fuzz -Dtests=true -Dfuzzer=true -Db_sanitize=address,undefined -Db_lundef=false
# The targets alone: the unit tests are built with gcc.
ninja -C build/fuzz -t targets all | sed -n 's#^\(fuzz/fuzz_[a-z]*\):.*#\1#p' | xargs ninja -C build/fuzz --quiet
cd build/fuzz
for target in fuzz/fuzz_*; do
  [ -x "$target" ] && [ -f "$target" ] || continue
  name=${target#fuzz/fuzz_}
  mkdir -p "corpus/$name"
  echo "fuzz: $name, $seconds s"
  "$target" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 "corpus/$name" "../../fuzz/corpus/$name"
done
