#!/bin/sh
# The include rules of ARCHITECTURE.md: which folder may include what. Prints every line that breaks one.
set -eu
cd "$(dirname "$0")/.."
bad=0
allow() { # folder, allowed project headers, allowed library headers (extended regular expressions)
  found=$(grep -HnE '^#include "' "src/$1"/*.[ch] 2>/dev/null | grep -vE "\"($2)" || true)
  libs=$(grep -HnE '^#include <(openssl|sqlite3|jansson|libwebsockets|libpq|nats|intel)' "src/$1"/*.[ch] 2>/dev/null |
    grep -vE "<($3)" || true)
  if [ -n "$found$libs" ]; then
    printf '%s\n' "$found" "$libs" | sed '/^$/d'
    bad=1
  fi
}
none='^$'
allow base 'base/' "$none"
allow crypt 'base/|crypt/' 'openssl|intel-ipsec-mb'
allow wire 'base/|wire/|crypt/sign\.h' "$none"
allow media 'base/|wire/|crypt/|mark/code\.h|media/' "$none"
allow rooms 'base/|wire/(record|live|pattern)\.h|crypt/sign\.h|mark/code\.h|media/media\.h|rooms/' "$none"
allow store 'base/|store/' 'sqlite3'
allow cli 'base/|wire/|crypt/sign\.h|cli/' 'jansson'
allow mark 'base/|crypt/sign\.h|mark/' "$none"
allow trace 'base/|wire/pattern\.h|crypt/sign\.h|mark/|trace/' 'jansson'
allow server 'cli/cli\.h|base/|wire/|crypt/|media/(media|audit)\.h|rooms/rooms\.h|store/(store|queue)\.h|trace/trace\.h|server/' 'jansson|libwebsockets|openssl'

# The client's layers: a folder may import from those to the right of the colon, never upward.
layer() {
  found=$(grep -rnE "from '(\.\./|\.\./\.\./)[a-z0-9]+/" "web/src/$1" 2>/dev/null |
    grep -vE "import type .*from '\.\./api/messages" | grep -vE "from '(\.\./)+($2)/" || true)
  [ -z "$found" ] || { printf '%s\n' "$found"; bad=1; }
}
layer base base
layer identity 'base|identity'
layer e2ee 'base|identity|e2ee'
layer socket 'base|socket'
layer mark 'base|mark'
layer rtc 'base|e2ee|mark|rtc'
layer api 'base|socket|identity|api'
layer state 'base|socket|identity|e2ee|rtc|api|state'
layer ui 'base|state|i18n|style|ui'
found=$(grep -rlE "from 'preact" web/src --include='*.ts' --include='*.tsx' 2>/dev/null |
  grep -vE 'web/src/(ui|i18n)/|web/src/main.tsx' || true)
[ -z "$found" ] || { echo "$found: only ui/ and main know Preact"; bad=1; }
exit $bad
