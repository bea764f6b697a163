# shellcheck shell=bash
# The Debian packages Evident is built from, and the function that installs the missing ones.
# Source this file, add what else a script needs to evident_packages, then call install_packages. With
# everything installed it prints nothing and runs neither sudo nor apt-get.

evident_packages=(
  g++ cmake ninja-build
  libxtensor-dev libxsimd-dev libopenblas-pthread-dev
  libcli11-dev nlohmann-json3-dev libfmt-dev libboost-dev libpng-dev zlib1g-dev
  doctest-dev dataset-fashion-mnist python3 pkgconf
)

# Prints those of the given packages that are not installed, one a line.
missing_packages() {
  local installed package
  # One query for all; it fails when any is unknown and still reports the others.
  installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for package in "$@"; do
    grep --quiet --line-regexp --fixed-strings "$package installed" <<<"$installed" || echo "$package"
  done
}

# Prints a file that can be written: build/install.log, or a temporary one in a read-only checkout.
install_log() {
  local root log
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  log=$root/build/install.log
  if mkdir -p "$root/build" 2>/dev/null && : 2>/dev/null >"$log"; then
    echo "$log"
  else
    mktemp "${TMPDIR:-/tmp}/evident-install.XXXXXX"
  fi
}

# Installs what is missing of evident_packages. Returns 1, having said what to do, when it cannot.
install_packages() {
  local -a missing as_root=() apt
  local log attempt
  mapfile -t missing < <(missing_packages "${evident_packages[@]}")
  ((${#missing[@]} > 0)) || return 0

  local request="apt-get update && apt-get install --no-install-recommends -y ${missing[*]}"
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    cat >&2 <<MESSAGE
Evident's scripts install what they need on Debian 12 and its relatives; this system has no apt-get.
These Debian packages, or what your system calls them, are needed: ${missing[*]}
On Debian an administrator runs:
  $request
Once they are there, CMake alone does the rest: cmake --preset release
MESSAGE
    return 1
  fi
  if ((EUID != 0)); then
    # A password can only be asked for at a terminal.
    if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
      cat >&2 <<MESSAGE
These packages are missing, and installing them takes an administrator: ${missing[*]}
Have an administrator run:
  $request
MESSAGE
      return 1
    fi
    as_root=(sudo)
  fi

  echo "Installing with ${as_root[*]:+${as_root[*]} }apt-get: ${missing[*]}"
  log=$(install_log)
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2)
  # The second attempt is for lists that went stale between update and install. A failing update is
  # not the end: one unreachable source does not matter when the others have the packages.
  for attempt in 1 2; do
    echo "--- attempt $attempt ---" >>"$log"
    "${apt[@]}" update >>"$log" 2>&1 </dev/null || true
    if "${apt[@]}" install --no-install-recommends -y "${missing[@]}" >>"$log" 2>&1 </dev/null; then
      break
    fi
  done

  mapfile -t missing < <(missing_packages "${missing[@]}")
  ((${#missing[@]} > 0)) || return 0
  cat "$log" >&2
  cat >&2 <<MESSAGE

apt-get could not install: ${missing[*]}
Its output is above and in $log. Once the cause is mended, run this again, or by hand:
  apt-get update && apt-get install --no-install-recommends -y ${missing[*]}
MESSAGE
  return 1
}
