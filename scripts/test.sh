#!/usr/bin/env bash
# Installs what is missing, builds everything in both precisions and runs every test.
#   scripts/test.sh [preset]      a preset of CMakePresets.json; release unless another is named
# Ends with ctest's exit status.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

if (($# > 1)) || [[ ${1:-} == -* ]]; then
  echo "usage: scripts/test.sh [preset]    (cmake --list-presets names them)" >&2
  exit 2
fi
preset=${1:-release}

times=""
phase=""
begin() { phase=$1 SECONDS=0; }
end() {
  [[ -z $phase ]] || times+="  $(printf '%-12s' "$phase") $SECONDS s"$'\n'
  phase=""
}
# On the way out by whatever door, so that a failed build says how long it took as well.
report() {
  local status=$?
  end
  [[ -z $times ]] || printf '\n%s:\n%s' "$preset" "$times"
  exit "$status"
}
trap report EXIT

install_packages

begin configuring
configure "$preset"
end

begin building
cmake --build --preset "$preset"
end

begin testing
ctest --preset "$preset" --output-on-failure --parallel 2
