#!/bin/sh
# Whether scripts/check-hardening.sh notices what is missing: one program that has it all, then one without each.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0

cat > "$folder/program.c" <<'C'
#include <stdio.h>
#include <string.h>
#ifdef BOTH
__asm__(".section .both, \"awx\", @progbits\n .byte 0\n .text");
#endif
int main(int argc, char **argv)
{
    char copy[64];
    strcpy(copy, argv[argc - 1]);
    return puts(copy) < 0;
}
C

# What the check is to say, or "nothing"; then flags besides those that are good.
expect() {
  said=$1
  shift
  # shellcheck disable=SC2086 # a list of words
  ${CC:-cc} -O2 -fPIE -pie -fstack-protector-strong $branches -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
    -Wl,-z,relro,-z,now,-z,noexecstack "$@" -o "$folder/program" "$folder/program.c" 2>"$folder/errors" || { cat "$folder/errors"; exit 1; }
  if answer=$(scripts/check-hardening.sh "$folder/program"); then
    [ "$said" = nothing ] || { echo "goes unnoticed: $* (\"$said\")"; bad=1; }
  elif ! printf '%s\n' "$answer" | grep -qF "$said"; then
    echo "with \"$*\" it does not say \"$said\" but: $answer"
    bad=1
  fi
}

case $(uname -m) in
  x86_64) branches=-fcf-protection none=-fcf-protection=none ;;
  aarch64) branches=-mbranch-protection=standard none=-mbranch-protection=none ;;
  *) branches='' none='' ;;
esac

expect nothing
expect 'no position-independent program' -no-pie
expect 'relocations stay writable' -Wl,-z,norelro
expect 'relocations are made late' -Wl,-z,lazy
expect 'the stack can be executed' -Wl,-z,execstack
expect 'memory that can be written and executed' -DBOTH
expect 'it names folders for its libraries' -Wl,-rpath,/tmp
expect 'no guards on the stack' -fno-stack-protector
expect 'no checked calls' -U_FORTIFY_SOURCE
if [ -n "$none" ]; then expect 'jumps may go anywhere' "$none"; fi
exit $bad
