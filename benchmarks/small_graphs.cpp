// What it costs to record, compute and differentiate one scalar operation, in chains of several
// lengths, beside PyTorch in the same run; and how many bytes a record takes.

#include <evident/evident.hpp>

#include "benchmarks/peer.hpp"
#include "benchmarks/timing.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;

void chain(const Var& x, std::size_t records) {
  Tape tape;
  Var y = x;
  for (std::size_t i = 0; i < records; ++i) y = tanh(y);
  tape.backward(y);
}

// What the system gave for a first graph of this length: later ones reuse it.
double bytes_a_record(std::size_t records) {
  Var x = Var::parameter(scalar(0.5));
  const std::uint64_t before = memory_statistics().system_bytes;
  chain(x, records);
  return static_cast<double>(memory_statistics().system_bytes - before) /
         static_cast<double>(records);
}

}  // namespace

int main(int argc, char** argv) {
  Peer peer(std::string(EVIDENT_SOURCE_DIR) + "/benchmarks/scalars_pytorch.py");
  set_threads(1);
  nlohmann::ordered_json json;
  const double bytes = bytes_a_record(1000000);
  json["bytes_a_record"] = bytes;
  fmt::print(
      "Record, compute and differentiate one scalar tanh, double, 1 thread: nanoseconds, "
      "medians\n\n"
      "| records | Evident | PyTorch | ratio |\n| --- | --- | --- | --- |\n");
  for (const std::size_t records : {100, 10000, 1000000}) {
    Var x = Var::parameter(scalar(0.5));
    const std::size_t steps = std::max<std::size_t>(3, 200000 / records);
    std::vector<double> ours, theirs;
    for (int round = 0; round < 5; ++round) {
      time_steps(ours, steps, [&] {
        chain(x, records);
        x.clear_gradient();
      });
      if (!peer.available()) continue;
      // A chain of a million overflows PyTorch's stack or takes minutes: its cost a record is flat.
      const std::size_t length = std::min<std::size_t>(records, 10000);
      for (const double second : peer.seconds(
               {{"records", length}, {"steps", std::max<std::size_t>(2, 1000 / length)}})) {
        theirs.push_back(second / static_cast<double>(length));
      }
    }
    const double own = 1e9 * median(ours) / static_cast<double>(records);
    const double peers = 1e9 * median(theirs);
    fmt::print("| {} | {:.0f} | {} | {} |\n", records, own,
               peers == 0 ? "-" : fmt::format("{:.0f}", peers),
               peers == 0 ? "-" : fmt::format("{:.1f}", peers / own));
    json["nanoseconds"].push_back({{"records", records}, {"evident", own}, {"pytorch", peers}});
  }
  fmt::print("\nMemory of a record, value and node included: {:.0f} bytes\n", bytes);
  return finish(json, argc, argv);
}
