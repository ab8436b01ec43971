#!/bin/sh
# Installs what some tests drive from outside, where it may: a browser and tools that put load and malice on a server.
# Without them those tests are skipped and say so.
set -eu
cd "$(dirname "$0")/.."

told=node_modules/.setup-told-tests

say() { printf 'setup: %s\n' "$*" >&2; }

# The command and the Debian package that has it.
wanted="chromium:chromium wrk:wrk slowhttptest:slowhttptest"

missing=
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -n "$missing" ] || exit 0
[ -e "$told" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  say "installing$missing for the tests"
  # shellcheck disable=SC2086 # a list of packages
  if { apt-get install -y --no-install-recommends $missing ||
    { apt-get update && apt-get install -y --no-install-recommends $missing; }; } >/dev/null 2>&1; then
    exit 0
  fi
fi
: >"$told"
say "tests that need them are skipped, since these are not installed:$missing. To add them: sudo apt-get install$missing"
