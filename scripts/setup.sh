#!/usr/bin/env bash
# Sets up what a make rule needs, and only what is missing:
#   setup.sh demo   Python environment to run the product
#   setup.sh dev    the same, with the developer's tools
#   setup.sh test   the same, with a browser, fonts and the node-opcua client
#   setup.sh web    packages to build the 3D page
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
complete=yes  # "no": something is missing that could not be installed, so try again next time
LIBRARIES=(libegl1 libgl1-mesa-dri)  # off-screen drawing: `twin view`

say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }
die() { printf 'set-up: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# debian PACKAGE...: installs the packages that are missing; fails if that is not possible
debian() {
  local missing=() package
  has dpkg-query || { say "not a Debian system: please install the counterparts of $*"; return 1; }
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as_root=(sudo)
    else
      say "missing Debian packages and no right to install them; please run:"
      say "    apt-get update && apt-get install -y ${missing[*]}"
      return 1
    fi
  fi
  say "installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -q >/dev/null &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qy --no-install-recommends "${missing[@]}" >/dev/null
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if has "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$candidate"
      return
    fi
  done
  die "needs Python 3.11 or newer on PATH, or PYTHON=/path/to/python3.11 make ..."
}

environment() {  # environment EXTRAS
  local python pip
  if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    say "making .venv with $("$python" --version)"
    if has uv; then
      uv venv -q --python "$python" .venv
    elif ! "$python" -m venv .venv 2>/dev/null; then
      rm -rf .venv
      debian python3-venv || die "$python cannot make virtual environments"
      "$python" -m venv .venv
    fi
  fi
  pip=(.venv/bin/python -m pip install -q --disable-pip-version-check)
  if has uv; then pip=(uv pip install -q --python .venv/bin/python); fi
  say "installing Python packages (once; a minute or two)"
  "${pip[@]}" -e ".$1" || die "could not install the Python packages; see the message above"
  .venv/bin/python -W ignore -m opcua_server.standard || say "the first OPC UA start will take a few seconds more"
}

node_packages() {  # node_packages FOLDER
  say "installing node packages in $1"
  (cd "$1" && npm ci --silent --no-audit --no-fund)
}

case "${1:-}" in
  demo)
    if ! debian "${LIBRARIES[@]}"; then
      complete=no
      say "going on without them: only \`twin view\` needs them"
    fi
    environment ""
    ;;
  dev)
    environment "[dev]"
    ;;
  test)
    wanted=("${LIBRARIES[@]}" fonts-noto-cjk)
    has chromium || wanted+=(chromium)
    has mosquitto || [ -x /usr/sbin/mosquitto ] || wanted+=(mosquitto)
    has node && has npm || wanted+=(nodejs npm)
    if ! debian "${wanted[@]}"; then
      complete=no
      say "going on without them: the tests that need them will say so"
    fi
    environment "[dev]"
    if [ -f tests/e2e/node_opcua/package-lock.json ] && has npm; then
      node_packages tests/e2e/node_opcua
    fi
    ;;
  web)
    has npm || debian nodejs npm || die "building the 3D page needs node and npm"
    node_packages visual/web
    ;;
  *)
    die "usage: setup.sh demo|dev|test|web"
    ;;
esac
if [ "$complete" = yes ] && [ -d .venv ]; then
  touch ".venv/.ready-$1"
  if [ "$1" = test ]; then touch .venv/.ready-dev .venv/.ready-demo; fi  # it has both within it
fi
