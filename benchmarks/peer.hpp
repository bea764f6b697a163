#pragma once

#include <sys/types.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace evident::benchmarks {

/// The same work in PyTorch, in a process of its own that answers requests over pipes.
class Peer {
 public:
  /// Starts the script with Debian's Python, which is where Debian's python3-torch lives.
  explicit Peer(const std::string& script);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Whether PyTorch is there.
  bool available() const { return available_; }
  const std::string& version() const { return version_; }

  /// The seconds that PyTorch's process reports for a request, as its script says.
  std::vector<double> seconds(const nlohmann::json& request);

 private:
  bool read_line(std::string& line);

  pid_t process_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  bool available_ = false;
  std::string version_;
};

}  // namespace evident::benchmarks
