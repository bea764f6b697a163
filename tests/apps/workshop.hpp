#pragma once

#include <algorithm>
#include <filesystem>
#include <string>

#include "../words.hpp"
#include "run_program.hpp"
#include "small_images.hpp"

namespace evident::testing {

/// Data, and a place for runs and output.
struct Workshop {
  TemporaryDirectory data;
  TemporaryDirectory place;

  Workshop() { write_bars(data); }

  Outcome run(const std::string& arguments) const { return run_program(place.path(), arguments); }
  std::string at(const std::string& name) const { return (place.path() / name).string(); }
  std::string train(const std::string& name, const std::string& more = "--epochs 3") const {
    return "train --data " + data.path().string() + " --out " + at(name) +
           " --hidden 16,16 --latent 3 " + more;
  }
};

inline std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// `text` with the first `from` replaced by `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace evident::testing
