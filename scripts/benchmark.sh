#!/usr/bin/env bash
# Builds the benchmarks and runs them, each against its floor or a loop by hand and, where Debian's
# python3-torch is installed, against PyTorch, in one run. Leaves build/benchmark-*.json.
#   scripts/benchmark.sh [name...]    of: distributions, inference, operations, sizes, small, vae;
#                                     all of them by default
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

(($# > 0)) || set -- vae sizes operations distributions small inference
install_packages
configure release >/dev/null
cmake --build --preset release --target "${@/#/benchmark-}"
for name in "$@"; do
  printf '\n== %s\n\n' "$name"
  "build/release/benchmarks/benchmark-$name" "build/benchmark-$name.json"
done
