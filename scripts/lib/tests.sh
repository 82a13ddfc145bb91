# How the builds' tests are joined into one run, and what is told of the cases within a program.
# shellcheck shell=bash

# write_combined_tests DIRECTORY: a ctest directory holding the tests of both builds.
write_combined_tests() {
  local directory=$1
  mkdir -p "$directory"
  {
    printf '# Written by scripts/test.\n'
    printf 'subdirs("%s/build/asan/tests/unit")\n' "$SONDE_ROOT"
    printf 'subdirs("%s/build/asan/tests/fuzz")\n' "$SONDE_ROOT"
    printf 'subdirs("%s/build/release")\n' "$SONDE_ROOT"
  } >"$directory/CTestTestfile.cmake"
}

# tell_unit_cases DIRECTORY: how many cases the last ctest run there held, and which of them were skipped and why: ctest
# counts programs, and shows what they print only where one fails.
tell_unit_cases() {
  awk '
    /^ *[0-9]+\/[0-9]+ Test(ing)?: / { in_unit_test = $3 ~ /^unit\./; next }
    !in_unit_test { next }
    awaits_reason { reason = $0; awaits_reason = 0 }
    /: Skipped$/ { awaits_reason = 1 }
    /^\[       OK \] / { ++passed }
    /^\[  FAILED  \] .* ms\)$/ { ++failed }
    /^\[  SKIPPED \] .* ms\)$/ { sub(/,$/, "", $4); skipped[++skipped_count] = $4 ": " reason }
    END {
      if (passed + failed + skipped_count == 0) exit
      printf "==> cases of unit tests: %d passed, %d failed, %d skipped\n", passed, failed, skipped_count
      for (i = 1; i <= skipped_count; ++i) printf "skipped: %s\n", skipped[i]
    }
  ' "$1/Testing/Temporary/LastTest.log"
}
