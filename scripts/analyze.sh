#!/bin/sh
# Static analysis of the server, the benches, the simulator and the client. No warning gets through: what is wrong is
# answered where it stands, with the reason (NOLINT, #pragma GCC diagnostic, scripts/cppcheck.txt, .clang-tidy). Says
# how long each tool took. Not asked are the unit tests: what they do wrong they do under three sanitizers.
set -eu
cd "$(dirname "$0")/.."
build=build/analyze

begin() { printf '%s ... ' "$1"; started=$(date +%s); }
end() { echo "$(($(date +%s) - started)) s"; }

# Without optimization: inlined code makes gcc 12 see what cannot be. Its search for leaks loses whatever is kept
# through a second pointer (9 findings, 9 wrong): clang-tidy looks for leaks too, and all C tests run under LeakSanitizer.
begin 'gcc -fanalyzer'
meson setup $([ ! -f $build/build.ninja ] || echo --reconfigure) $build -Doptimization=0 -Dtests=true -Dtest_hooks=true \
  -Dc_args='-fanalyzer -Wno-analyzer-malloc-leak' >/dev/null
ninja -C $build --quiet src/server/aparte sim/sim bench/aparte-load bench/aparte-soak bench/bench-guests bench/media-host \
  bench/bench-raw bench/bench-chain bench/bench-trace
end

# clang-tidy reads the same list of commands, without the words that only gcc knows.
begin 'clang-tidy'
mkdir -p $build/commands
sed 's/ -fanalyzer -Wno-analyzer-malloc-leak//g' $build/compile_commands.json >$build/commands/compile_commands.json
sources=$(find src bench sim -name '*.c' ! -name wasm.c | sort) # wasm.c is another compiler's
printf '%s\n' "$sources" | xargs -P "$(nproc)" -n 4 clang-tidy -p $build/commands --quiet \
  --extra-arg=-Wno-unknown-warning-option 2>$build/clang-tidy.err || {
  cat $build/clang-tidy.err >&2
  exit 1
}
end

begin 'cppcheck'
cppcheck -j "$(nproc)" -I src -D_GNU_SOURCE -D__x86_64__ -U__wasm__ -DAPARTE_VERSION='""' -DAPARTE_WEB_DIR='""' \
  -D'json_array_foreach(array,i,v)=while(v)' --library=posix --std=c11 --enable=warning,performance,portability \
  --inline-suppr --suppressions-list=scripts/cppcheck.txt --error-exitcode=1 --quiet src bench sim
end

begin 'tsc'
node_modules/.bin/tsc -p web
end

begin 'biome'
node_modules/.bin/biome check --error-on-warnings >/dev/null
end
