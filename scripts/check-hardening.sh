#!/bin/sh
# How a binary was compiled and linked, read from the binary: check-hardening.sh FILE. Says what it lacks.
set -eu
file=$1
bad=0
lacks() { echo "$file: $1"; bad=1; }

headers=$(LC_ALL=C readelf -hldW "$file")
symbols=$(LC_ALL=C readelf -sW "$file")
has() { printf '%s\n' "$1" | grep -qE "$2"; }

has "$headers" '^ *Type: +DYN ' && has "$headers" 'FLAGS_1.*\bPIE\b' || lacks 'no position-independent program (b_pie)'
has "$headers" 'GNU_RELRO' || lacks 'relocations stay writable (-z relro)'
has "$headers" 'FLAGS_1.*\bNOW\b' || lacks 'relocations are made late (-z now)'
has "$headers" 'GNU_STACK.* RW ' || lacks 'the stack can be executed (-z noexecstack)'
has "$headers" 'LOAD.* RWE ' && lacks 'memory that can be written and executed'
has "$headers" '(RPATH|RUNPATH)' && lacks 'it names folders for its libraries (RPATH)'
has "$symbols" '__stack_chk_fail' || lacks 'no guards on the stack (-fstack-protector-strong)'

# The sanitizers take the place of the checked calls of libc.
has "$symbols" '__asan_init' || has "$symbols" '__(mem|str|s|f|v)[a-z]+_chk(@|$)' || lacks 'no checked calls (-D_FORTIFY_SOURCE)'

# Every function that may be called through a pointer begins with endbr64 on x86-64 (-fcf-protection), with bti, or
# with paciasp that takes its place, on AArch64 (-mbranch-protection); main is one.
landing=
if has "$headers" 'Machine: .*X86-64'; then landing=endbr64; fi
if has "$headers" 'Machine: .*AArch64'; then landing='bti|paciasp'; fi
[ -z "$landing" ] || LC_ALL=C objdump -d --no-show-raw-insn --disassemble=main "$file" | grep -qE "$landing" ||
  lacks 'jumps may go anywhere (-fcf-protection, -mbranch-protection)'
exit $bad
