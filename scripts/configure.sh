# shellcheck shell=bash
# Configures the build tree of a preset. Source this file at the root, then call configure.

# configure <preset>: afresh when there is no tree, the presets changed or the checkout has moved.
configure() {
  local tree=build/$1
  if [[ ! -f $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]] ||
    ! grep --quiet --line-regexp --fixed-strings "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$tree/CMakeCache.txt"; then
    cmake --fresh --preset "$1"
  fi
}
