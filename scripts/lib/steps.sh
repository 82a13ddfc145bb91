# Sourced first by every script: strict mode, the announced steps, and one clear sentence when a step fails.
# shellcheck shell=bash
set -Eeuo pipefail

SONDE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SONDE_SCRIPT="scripts/$(basename "$0")"
SONDE_STEP="starting"
cd "$SONDE_ROOT"

# step TEXT: says what begins now, and what the failure sentence will name.
step() {
  SONDE_STEP=$*
  printf '==> %s\n' "$*"
}

# die TEXT: ends with one sentence that says what is wrong and how to mend it.
die() {
  trap - ERR
  printf '%s: %s\n' "$SONDE_SCRIPT" "$*" >&2
  exit 1
}

report_failed_step() {
  local status=$?
  trap - ERR
  printf '%s: failed (exit %d) at the step "%s"; the lines above say why\n' "$SONDE_SCRIPT" "$status" "$SONDE_STEP" >&2
  exit "$status"
}
trap report_failed_step ERR

# build_preset PRESET TARGET... [-- CMAKE_OPTION...]: configures and builds in build/PRESET; no target means all.
build_preset() {
  local preset=$1 targets=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    targets+=("$1")
    shift
  done
  if (($#)); then shift; fi
  step "configure $preset"
  mkdir -p build
  cmake --preset "$preset" "$@" >"build/configure_$preset.log" 2>&1 || {
    cat "build/configure_$preset.log" >&2
    return 1
  }
  step "build $preset"
  if ((${#targets[@]})); then
    cmake --build "build/$preset" -j "$(nproc)" --target "${targets[@]}"
  else
    cmake --build "build/$preset" -j "$(nproc)"
  fi
}
