#!/bin/sh
# Brings a fresh clone to where everything runs: the packages of the lock file, the pinned Node among them, and
# bubblewrap. Says nothing and takes a few milliseconds when there is nothing to do.
set -eu
cd "$(dirname "$0")/.."

stamp=node_modules/.setup-lock.json
told=node_modules/.setup-told-bubblewrap
node_oldest=20

say() { printf 'setup: %s\n' "$*" >&2; }
stop() {
  say "$*"
  exit 1
}

# The packages are installed with the machine's own Node: the pinned one is among what gets replaced.
here=$PWD
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -vxF "$here/node_modules/.bin" | paste -sd: -)
export PATH npm_config_update_notifier=false

check_bootstrap() {
  command -v node >/dev/null 2>&1 ||
    stop "Node.js is missing. Install Node.js $node_oldest or later with npm (Debian 13: apt-get install nodejs npm; else https://nodejs.org)."
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$node_oldest" ] ||
    stop "Node.js $node_oldest or later is needed, and this is $(node --version) at $(command -v node). See https://nodejs.org."
  command -v npm >/dev/null 2>&1 ||
    stop "npm is missing. Install it (Debian: apt-get install npm)."
}

# npm writes its cache under HOME; where there is no HOME to write to, a temporary one does.
ensure_home() {
  if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    HOME=$(mktemp -d)
    export HOME
    trap 'rm -rf "$HOME"' EXIT
  fi
}

install_packages() {
  check_bootstrap
  ensure_home
  if node scripts/lock-is-installed.mjs; then
    return
  fi
  say "installing the packages of package-lock.json"
  npm ci --ignore-scripts=false --no-audit --no-fund --loglevel=error ||
    stop "npm ci did not succeed. Its messages are above; it needs the npm registry."
}

# Three packages bring a binary with an install script, which some npm configurations skip.
repair_binaries() {
  check_bootstrap
  ensure_home
  [ -x node_modules/node/bin/node ] || (cd node_modules/node && node installArchSpecificPackage.js) || true
  # npm links no binary that was not there when it looked.
  ln -sf ../node/bin/node node_modules/.bin/node
  [ -x node_modules/deno/deno ] || (cd node_modules/deno && node install.cjs) || true
  node_modules/.bin/esbuild --version >/dev/null 2>&1 || (cd node_modules/esbuild && node install.js) || true
  [ -x node_modules/node/bin/node ] && node_modules/node/bin/node --version >/dev/null ||
    stop "The pinned Node.js is missing from node_modules/node. Let npm run install scripts, or remove node_modules and try again."
}

# Bubblewrap seals cells a second time. Zerverless runs without it, so its absence stops nothing.
ensure_bubblewrap() {
  command -v bwrap >/dev/null 2>&1 && return
  [ -e "$told" ] && return
  : >"$told"
  [ "$(uname -s)" = Linux ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing bubblewrap"
    if { apt-get install -y --no-install-recommends bubblewrap ||
      { apt-get update && apt-get install -y --no-install-recommends bubblewrap; }; } >/dev/null 2>&1; then
      return
    fi
  fi
  say "bubblewrap is not installed, so cells are sealed by Deno's permissions alone. To add it: sudo apt-get install bubblewrap"
}

if ! cmp -s package-lock.json "$stamp"; then
  install_packages
  repair_binaries
  cp package-lock.json "$stamp"
elif [ ! -x node_modules/.bin/node ] || [ ! -x node_modules/deno/deno ]; then
  repair_binaries
fi
ensure_bubblewrap
