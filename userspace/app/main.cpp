#include <cstdio>
#include <variant>

#include "app/commands.h"
#include "cli/arguments.h"

int main(int argc, char** argv) {
  const auto command = sonde::cli::parse_arguments(argc, argv);
  if (!command) {
    const sonde::cli::ArgumentsExit& exit = command.error();
    std::fputs(exit.text.c_str(), exit.to_stderr ? stderr : stdout);
    return exit.exit_code;
  }
  return std::visit([](const auto& verb) { return sonde::app::run(verb); }, *command);
}
