#!/bin/sh
# Installs the Debian packages that are missing: `deps.sh run` what `make run` needs, `deps.sh test` what the tests
# need besides, and so on with bench, fuzz and analyze. Says nothing and takes no time when all are there. Uses sudo
# where the user is not root.
set -eu

run="build-essential pkg-config meson ninja-build nodejs npm
  libwebsockets-dev libwebsockets-evlib-ev libev-dev libssl-dev libipsec-mb-dev libsqlite3-dev libjansson-dev libsndfile1-dev libpng-dev
  clang lld zopfli"
test="$run libcmocka-dev libsrtp2-dev chromium firefox-esr pulseaudio alsa-utils asterisk-core-sounds-en-wav openssl ffmpeg systemd"
bench="$run iproute2 util-linux procps janus libopus-dev ffmpeg asterisk-core-sounds-en-g722 asterisk-core-sounds-es-g722
  asterisk-core-sounds-fr-g722 asterisk-core-sounds-it-g722 asterisk-core-sounds-ru-g722"
fuzz="$test libclang-rt-14-dev"
analyze="$test clang-tidy cppcheck"

case "${1:-run}" in
  run) wanted=$run ;;
  test) wanted=$test ;;
  fuzz) wanted=$fuzz ;;
  analyze) wanted=$analyze ;;
  bench) wanted=$bench ;;
  *) echo "usage: deps.sh run|test|fuzz|analyze|bench" >&2; exit 2 ;;
esac

missing=
for p in $wanted; do
  # Another package may bring npm along with node (as NodeSource's does): the command counts, not the package.
  case "$p" in nodejs) command -v node >/dev/null && continue ;; npm) command -v npm >/dev/null && continue ;; esac
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "deps: please install, as root:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "Installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
$as_root apt-get update -q >&2 && $as_root apt-get install -q -y --no-install-recommends $missing >&2
