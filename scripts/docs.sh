#!/usr/bin/env bash
# Builds the documentation's site in build/docs/html: installs what is missing, builds and runs the
# examples, draws the plots, has Sphinx make the pages. Needs no network once everything is installed,
# and fails after warnings or when a page would load anything from another host.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/packages.sh
source scripts/configure.sh

docs=build/docs
html=$docs/html

# keep <file>: standard input as its content; an unchanged file keeps its date, and its pages stand.
keep() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.part"
  if cmp --silent "$1.part" "$1"; then rm "$1.part"; else mv "$1.part" "$1"; fi
}

run_examples() {
  local name program
  while read -r name program; do
    "$program" | keep "$docs/output/$name.txt"
  done <build/release/examples/examples.txt
}

draw_plots() {
  local curves=build/release/examples/density_curves data picture name
  for name in $("$curves"); do
    data=$docs/plots/$name.gp picture=$docs/plots/$name.svg
    "$curves" "$name" | keep "$data"
    if [[ $data -nt $picture || docs/plot.gp -nt $picture ]]; then
      gnuplot -c docs/plot.gp "$data" "$picture.part"
      mv "$picture.part" "$picture"
    fi
  done
}

# The parts of MathJax that TeX drawn as SVG needs: the rest is 50 MB.
copy_mathjax() {
  local from=/usr/share/javascript/mathjax to=$docs/static/mathjax part
  for part in MathJax.js config/TeX-AMS_SVG.js extensions jax/element jax/input/TeX \
    jax/output/SVG/{config.js,jax.js,autoload,fonts/TeX}; do
    mkdir -p "$to/$(dirname "$part")"
    cp --recursive --no-target-directory "$from/$part" "$to/$part"
  done
}

# Debian's theme expects a web server that offers /javascript, has lost the colours of browsers that
# prefer a dark page, and has a script that imports another, which is for modules only. What is made
# here goes over the theme's own.
mend_theme() {
  local from=/usr/lib/python3/dist-packages/furo/theme/furo/static to=$docs/static
  mkdir -p "$to/styles" "$to/scripts"
  {
    sed 's|/javascript/normalize.css/||' "$from/styles/furo.css"
    echo '@media screen and (prefers-color-scheme: dark) {'
    sed -n '/^ *body\[data-theme="dark"\] {/,/}/ s/\[data-theme="dark"\]/:not([data-theme="light"])/; /^ *body:not/,/}/p' \
      "$from/styles/furo.css"
    echo '}'
  } >"$to/styles/furo.css"
  cp /usr/share/javascript/normalize.css/normalize.css "$to/styles/"
  sed '/^import Gumshoe /d' "$from/scripts/gumshoe-patched.js" "$from/scripts/furo.js" >"$to/scripts/furo.js"
}

# Fails when a page or a style sheet loads something by an address that is not relative, such as from
# another host; links are free to lead there.
check_addresses() {
  local absolute='["'\'']?(https?:/)?/' loads
  loads="<(script|img|iframe|source|object|embed|video|audio)\b[^>]*\b(src|srcset|data)=$absolute"
  loads+="|<link\b[^>]*\bhref=$absolute|url\($absolute|@import\b[^;]*//"
  if grep --recursive --extended-regexp --ignore-case --only-matching \
    --include='*.html' --include='*.css' --include='*.svg' -e "$loads" "$html"; then
    echo "docs.sh: this is loaded from elsewhere: keep a copy in the site instead" >&2
    return 1
  fi
}

evident_packages+=(python3-sphinx python3-myst-parser furo gnuplot-nox libjs-mathjax)
install_packages
configure release >/dev/null
cmake --build --preset release --target examples
run_examples
draw_plots
copy_mathjax
mend_theme
# All pages (-a), because what stands beside them is copied only when some page is written.
sphinx-build -W --keep-going -n -q -a -d "$docs/doctrees" -b html docs "$html"
check_addresses
echo "Open $PWD/$html/index.html"
