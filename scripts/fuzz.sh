#!/bin/sh
# Runs every fuzz target, or those named, with libFuzzer for the given number of seconds each; new inputs stay in
# build/fuzz/corpus, the committed corpus is read only. A crash leaves its input in build/fuzz and ends the run.
set -eu
seconds=${1:-60}
[ $# -eq 0 ] || shift
cd "$(dirname "$0")/.."
[ -f build/fuzz/build.ninja ] ||
  CC=clang meson setup build/fuzz -Dtests=true -Dfuzzer=true -Db_sanitize=address,undefined -Db_lundef=false
# The targets alone: the unit tests are built with gcc.
all=$(ninja -C build/fuzz -t targets all | sed -n 's#^fuzz/fuzz_\([a-z]*\):.*#\1#p')
[ $# -gt 0 ] || set -- $all
ninja -C build/fuzz --quiet $(printf 'fuzz/fuzz_%s ' "$@")

# Undefined behaviour is a crash like any other: without this it would be a line of text, and the run go on.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=1

# The words of a language stand in the source that reads it.
words() {
  case $1 in
  api) cat src/rooms/rooms.h src/server/api*.c ;;
  dispatch) cat src/rooms/rooms.h src/server/api*.c fuzz/fuzz_dispatch.c fuzz/club.h src/wire/record.c ;;
  config) cat src/server/config.c ;;
  console) cat src/cli/*.c src/server/effects*.c ;;
  session) cat src/trace/session.c ;;
  esac | grep -oE '"[A-Za-z0-9_.-]+"' | sort -u
}
for name; do
  echo "fuzz: $name, $seconds s"
  mkdir -p "build/fuzz/corpus/$name"
  words "$name" >"build/fuzz/$name.dict"
  dict=
  [ ! -s "build/fuzz/$name.dict" ] || dict=-dict=$name.dict
  (cd build/fuzz && "fuzz/fuzz_$name" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 $dict \
    "corpus/$name" "../../fuzz/corpus/$name")
done
