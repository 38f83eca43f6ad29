#!/bin/sh
# Compiles the embedder of src/mark to build/mark.wasm, which the client's AudioWorklet runs. No contraction to fused
# operations: the bytes are those of the native build (test/golden/mark.json).
set -eu
cd "$(dirname "$0")/.."
mkdir -p build/wasm
for part in fft embed wasm; do
  clang --target=wasm32 -std=gnu17 -O2 -ffreestanding -ffp-contract=off -mbulk-memory -Wall -Wextra -Werror \
    -Isrc -c "src/mark/$part.c" -o "build/wasm/$part.o"
done
wasm-ld --no-entry --strip-all -z stack-size=16384 build/wasm/fft.o build/wasm/embed.o build/wasm/wasm.o -o build/mark.wasm
size=$(wc -c <build/mark.wasm)
[ "$size" -lt 32768 ] || { echo "mark.wasm has $size bytes, more than 32 KB" >&2; exit 1; }
