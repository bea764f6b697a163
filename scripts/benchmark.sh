#!/usr/bin/env bash
# Builds the benchmarks and runs them, each against its floor or a loop by hand and, where Debian's
# python3-torch is installed, against PyTorch, in one run. Leaves build/benchmark-*.json.
#   scripts/benchmark.sh [name...]    of: compile, distributions, inference, operations, sizes, small,
#                                     vae; all of them by default. `compile` is the time that a file
#                                     takes which fits a distribution, -O2 and no precompiled header.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

compile() {
  local file=examples/maximum_likelihood.cpp TIMEFORMAT='%R s'
  printf '%s: ' "$file"
  time c++ -std=c++17 -O2 -DEVIDENT_F64 -Ibuild/release/include -c "$file" -o /dev/null
}

(($# > 0)) || set -- vae sizes operations distributions small inference compile
install_packages
configure release >/dev/null
programs=()
for name in "$@"; do
  [[ $name == compile ]] || programs+=("benchmark-$name")
done
((${#programs[@]} == 0)) || cmake --build --preset release --target "${programs[@]}"
for name in "$@"; do
  printf '\n== %s\n\n' "$name"
  if [[ $name == compile ]]; then
    compile
  else
    "build/release/benchmarks/benchmark-$name" "build/benchmark-$name.json"
  fi
done
