#!/usr/bin/env bash
# From a fresh checkout to a trained variational autoencoder and its pictures, in runs/quickstart.
# Installs what is missing, builds the program, trains it on Fashion-MNIST, draws and evaluates.
# Run again, it does only what is not done yet.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

data=fashion-mnist
train_options=(--data "$data" --epochs 12 --latent 10)

run=runs/quickstart
evident=build/release/evident
weights=$run/weights.safetensors
stamp=$run/trained-with.txt # the options of the finished training; written last

bold="" plain=""
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' plain=$'\e[0m'
fi
say() { printf '%s%s%s\n' "$bold" "$*" "$plain"; }

# Succeeds when the file is missing or empty, or the weights are newer than it.
outdated() { [[ ! -s $1 || $weights -nt $1 ]]; }

build() {
  say "Configuring"
  configure release
  say "Building the program"
  cmake --build --preset release --target evident-program
}

train() {
  if [[ -s $weights && -f $stamp && $(<"$stamp") == "${train_options[*]}" ]]; then
    say "Already trained: $weights"
    echo "To train anew: rm -r $run && scripts/quickstart.sh"
    return
  fi
  say "Training: evident train ${train_options[*]}"
  mkdir -p "$run"
  rm -f "$stamp"
  "$evident" train --out "$run" "${train_options[@]}"
  echo "${train_options[*]}" >"$stamp"
}

# draw <file> <arguments of the program...>: makes a picture unless it is there and current.
draw() {
  local file=$1
  shift
  outdated "$file" || return 0
  say "Drawing $file"
  "$evident" "$@" --weights "$weights" --out "$file"
}

evaluate() {
  local report=$run/evaluation.txt
  if outdated "$report"; then
    "$evident" evaluate --weights "$weights" --data "$data" >"$report.part"
    mv "$report.part" "$report"
  fi
  cat "$report"
}

install_packages
build
train
draw "$run/samples.png" sample
draw "$run/reconstructions.png" reconstruct --data "$data"
draw "$run/manifold.png" manifold
say "Evaluating on the test images"
evaluate

say "Done. Open these:"
cat <<LIST
  $PWD/$run/samples.png            images drawn from the model
  $PWD/$run/reconstructions.png    test images and what the model makes of them
  $PWD/$run/manifold.png           what the decoder makes of the two most active latents
LIST
