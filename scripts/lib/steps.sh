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

# configure_preset PRESET [CMAKE_OPTION...]: shows what cmake says only if it fails.
configure_preset() {
  local preset=$1 log=build/configure_$1.log
  shift
  mkdir -p build
  if cmake --preset "$preset" "$@" >"$log" 2>&1; then
    # Where the directory was another compiler's, cmake has begun afresh and forgotten what else the preset says.
    if ! grep -q 'require your cache to be deleted' "$log" || cmake --preset "$preset" "$@" >"$log" 2>&1; then
      return 0
    fi
  fi
  cat "$log" >&2
  return 1
}

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
  configure_preset "$preset" "$@"
  step "build $preset"
  if ((${#targets[@]})); then
    cmake --build "build/$preset" -j "$(nproc)" --target "${targets[@]}"
  else
    cmake --build "build/$preset" -j "$(nproc)"
  fi
}
