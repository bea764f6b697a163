#!/usr/bin/env bash
# Builds the benchmarks and measures Evident against the floor of its products and, where Debian's
# python3-torch is installed, against PyTorch, in one run. Leaves build/benchmark.json.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

install_packages
configure release >/dev/null
cmake --build --preset release --target benchmark-vae
build/release/benchmarks/benchmark-vae build/benchmark.json
