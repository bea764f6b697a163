#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "../temporary_directory.hpp"

namespace evident::testing {

/// What a run of the program has left behind.
struct Outcome {
  int code;
  std::string out;
  std::string err;
};

/// Runs the evident program through the shell, with its output caught in `directory`.
inline Outcome run_program(const std::filesystem::path& directory, const std::string& arguments) {
  const std::string out = (directory / "stdout.txt").string();
  const std::string err = (directory / "stderr.txt").string();
  const std::string command =
      "'" EVIDENT_PROGRAM "' " + arguments + " >'" + out + "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  if (status == -1 || !WIFEXITED(status)) throw std::runtime_error("did not exit: " + command);
  return {WEXITSTATUS(status), read_file(out), read_file(err)};
}

}  // namespace evident::testing
