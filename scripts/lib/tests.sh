# Which tests there are, and how the builds' tests are joined into one run.
# shellcheck shell=bash

# The program of each folder of unit tests, as tests/unit/CMakeLists.txt names it.
unit_test_targets() {
  local folder
  for folder in tests/unit/*/; do
    if compgen -G "${folder}*_test.cpp" >/dev/null; then printf '%s_test\n' "$(basename "$folder")"; fi
  done
}

# write_combined_tests DIRECTORY: a ctest directory holding the tests of the three builds.
write_combined_tests() {
  local directory=$1
  mkdir -p "$directory"
  {
    printf '# Written by scripts/test.\n'
    printf 'subdirs("%s/build/asan/tests/unit")\n' "$SONDE_ROOT"
    printf 'subdirs("%s/build/fuzz/tests/fuzz")\n' "$SONDE_ROOT"
    printf 'subdirs("%s/build/release")\n' "$SONDE_ROOT"
  } >"$directory/CTestTestfile.cmake"
}
