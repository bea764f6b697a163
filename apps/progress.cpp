#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <evident/apps/progress.hpp>
#include <string_view>

namespace evident {
namespace {

constexpr auto kTerminalPause = std::chrono::milliseconds(100);
constexpr auto kPlainPause = std::chrono::seconds(10);
constexpr std::size_t kBar = 24;

// Progress that nobody can read is no reason to stop.
void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

bool set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

std::string bar(double done) {
  const auto filled = static_cast<std::size_t>(std::lround(done * static_cast<double>(kBar)));
  std::string result;
  for (std::size_t i = 0; i < kBar; ++i) result += i < filled ? "█" : "░";
  return result;
}

}  // namespace

std::string to_words(double seconds) {
  const auto total = static_cast<long>(std::lround(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
}

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) != 0),
      colour_(terminal_ && !set("NO_COLOR") &&
              (!set("TERM") || std::string_view(std::getenv("TERM")) != "dumb")),
      start_(Clock::now()),
      epoch_start_(start_),
      last_(start_) {}

void Progress::begin_epoch() { epoch_start_ = Clock::now(); }

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - epoch_start_).count();
}

double Progress::images_per_second(std::size_t images) const {
  return static_cast<double>(images) / std::max(seconds(), 1e-9);
}

std::string Progress::time_left(double done) const {
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  return to_words(elapsed * (1 - done) / std::max(done, 1e-9));
}

bool Progress::is_due() {
  const Clock::time_point now = Clock::now();
  if (now - last_ < (terminal_ ? Clock::duration(kTerminalPause) : Clock::duration(kPlainPause))) {
    return false;
  }
  last_ = now;
  return true;
}

void Progress::update(const Standing& s) {
  if (!is_due()) return;
  const double epoch_done = static_cast<double>(s.images) / static_cast<double>(s.images_per_epoch);
  const std::string figures = fmt::format(
      "epoch {}/{}  {:.0f} images/s  {} {:.2f}  {} {:.2f}  KL {:.2f}  {} left", s.epoch, s.epochs,
      images_per_second(s.images), s.bound, s.elbo, s.likelihood, s.log_likelihood, s.kl,
      time_left((static_cast<double>(s.epoch - 1) + epoch_done) / static_cast<double>(s.epochs)));
  if (terminal_) {
    say(fmt::format("\r\x1b[K{}{}{} {}", colour_ ? "\x1b[36m" : "", bar(epoch_done),
                    colour_ ? "\x1b[0m" : "", figures));
    shown_ = true;
  } else {
    say(fmt::format("{} ({:.0f}% of the epoch)\n", figures, 100 * epoch_done));
  }
}

void Progress::update(const std::string& text) {
  if (!is_due()) return;
  say(terminal_ ? "\r\x1b[K" + text : text + "\n");
  shown_ = terminal_;
}

void Progress::clear() {
  if (shown_) say("\r\x1b[K");
  shown_ = false;
}

void Progress::line(const std::string& text) {
  clear();
  say(text + "\n");
}

}  // namespace evident
