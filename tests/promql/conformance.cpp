#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/file.h"
#include "promql/script.h"
#include "promql/script_runner.h"
#include "promql/skip_list.h"

namespace {

using sonde::test::CaseOutcome;
using sonde::test::CaseReport;
using sonde::test::ScriptReport;
using sonde::test::SkipList;

/// ctest's code for a test that could not be run.
constexpr int kSkippedExitCode = 77;

void print_note(const std::string& path, const CaseReport& note) {
  std::cout << path << ":" << note.line << ": ";
  if (note.outcome == CaseOutcome::kSkipped) {
    std::cout << "skipped: " << note.expression << ": " << note.text << "\n";
  } else {
    std::cout << "FAILED: " << note.expression << "\n    " << note.text << "\n";
  }
}

/// Runs one file; true if nothing is wrong.
bool run_file(const std::string& path, const SkipList& skips) {
  const auto text = sonde::read_file(path);
  if (!text) {
    std::cout << path << ": " << text.error().what << "\n";
    return false;
  }
  const ScriptReport report = sonde::test::run_script(sonde::test::parse_script(*text), skips);
  for (const std::string& line : report.broken_lines) std::cout << path << ":" << line << "\n";
  for (const CaseReport& note : report.notes) print_note(path, note);
  std::cout << path << ": " << report.passed << " passed, " << report.failed << " failed, " << report.skipped
            << " skipped\n";
  return report.failed == 0 && report.broken_lines.empty();
}

/// The test files of the directory that SONDE_PROMQL_SUITE names, or of the place beside the source tree.
std::vector<std::string> find_suite() {
  const char* const named = std::getenv("SONDE_PROMQL_SUITE");
  const std::filesystem::path directory = named != nullptr ? named : SONDE_DEFAULT_PROMQL_SUITE;
  std::vector<std::string> paths;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(directory, fault)) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) {
    std::cout << "SKIPPED: there are no PromQL test files in " << directory.string()
              << ". Name their directory in SONDE_PROMQL_SUITE, or the files on the command line.\n";
  }
  return paths;
}

}  // namespace

/// promql_conformance [--list-skipped] [FILE...]: runs test files of Prometheus itself against Sonde's PromQL.
int main(int argc, char** argv) {
  const auto list = sonde::read_file(SONDE_PROMQL_SKIP_LIST);
  const auto skips = list ? SkipList::parse(*list) : sonde::Result<SkipList>(list.error());
  if (!skips) {
    std::cout << SONDE_PROMQL_SKIP_LIST << ": " << skips.error().what << "\n";
    return EXIT_FAILURE;
  }
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (std::erase(paths, "--list-skipped") > 0) {
    std::cout << skips->text();
    if (paths.empty()) return EXIT_SUCCESS;
  }
  if (paths.empty()) paths = find_suite();
  if (paths.empty()) return kSkippedExitCode;
  bool all_passed = true;
  for (const std::string& path : paths) all_passed = run_file(path, *skips) && all_passed;
  return all_passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
