#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <cmath>
#include <evident/autodiff/error.hpp>
#include <evident/optim/schedule.hpp>

namespace evident {
namespace {

using parts::kPi;

template <class Value>
void check(bool holds, const char* function, const char* argument, Value value,
           const std::string& expected) {
  if (holds) return;
  throw Error(fmt::format("{}: {} must be {}, got {}", function, argument, expected, value));
}

void check_rate(const char* function, double rate) {
  check(rate > 0 && std::isfinite(rate), function, "rate", rate, "positive and finite");
}

void check_factor(const char* function, double factor) {
  check(factor > 0 && factor <= 1, function, "factor", factor, "in (0, 1]");
}

void check_count(const char* function, const char* argument, std::size_t count) {
  check(count > 0, function, argument, count, "at least 1");
}

}  // namespace

void Schedule::require_function() const {
  if (!rate_)
    throw Error("Schedule: got an empty function: pass a number or a function of the step");
}

Schedule step_decay(double rate, std::size_t every, double factor) {
  check_rate("step_decay", rate);
  check_count("step_decay", "every", every);
  check_factor("step_decay", factor);
  return
      [=](std::size_t step) { return rate * std::pow(factor, static_cast<double>(step / every)); };
}

Schedule exponential_decay(double rate, double factor) {
  check_rate("exponential_decay", rate);
  check_factor("exponential_decay", factor);
  return [=](std::size_t step) { return rate * std::pow(factor, static_cast<double>(step)); };
}

Schedule cosine_decay(double rate, std::size_t steps, double last) {
  check_rate("cosine_decay", rate);
  check_count("cosine_decay", "steps", steps);
  check(last >= 0 && last <= rate, "cosine_decay", "last", last, fmt::format("in [0, {}]", rate));
  return [=](std::size_t step) {
    if (step >= steps) return last;
    const double part = static_cast<double>(step) / static_cast<double>(steps);
    return last + (rate - last) * 0.5 * (1 + std::cos(kPi * part));
  };
}

Schedule warm_up(std::size_t steps, Schedule schedule) {
  check_count("warm_up", "steps", steps);
  return [steps, schedule = std::move(schedule)](std::size_t step) {
    if (step >= steps) return schedule(step);
    return schedule(step) * static_cast<double>(step + 1) / static_cast<double>(steps);
  };
}

}  // namespace evident
