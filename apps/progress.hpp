#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace evident {

/// What training has to say at one moment; figures in nats an image.
struct Standing {
  std::size_t epoch, epochs;  ///< the epoch that runs, from 1
  std::size_t images, images_per_epoch;
  const char* bound;                ///< what `elbo` may be called
  const char* likelihood;           ///< what `log_likelihood` may be called
  double elbo, log_likelihood, kl;  ///< means over the epoch so far
};

/// Progress of training on stderr: a bar that moves on a terminal, plain lines elsewhere. No colour
/// with NO_COLOR set or on a dumb terminal.
class Progress {
 public:
  Progress();

  /// Shows the standing, at most some times a second.
  void update(const Standing& standing);
  /// Shows a passing word on work without epochs.
  void update(const std::string& text);
  /// Removes what `update` shows on a terminal.
  void clear();
  /// Replaces the bar by a line that stays.
  void line(const std::string& text);
  /// What is left to do after `done`, a fraction of the whole run, in words.
  std::string time_left(double done) const;
  /// Images a second since the last call of `begin_epoch`.
  double images_per_second(std::size_t images) const;
  /// Seconds since the last call of `begin_epoch`.
  double seconds() const;
  void begin_epoch();

 private:
  bool is_due();

  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool colour_;
  bool shown_ = false;
  Clock::time_point start_, epoch_start_, last_;
};

/// A duration as people say it: "42 s", "3 min 05 s", "1 h 20 min".
std::string to_words(double seconds);

}  // namespace evident
