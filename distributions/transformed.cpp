#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/transformed.hpp>
#include <optional>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

std::ptrdiff_t signed_size(std::size_t size) { return static_cast<std::ptrdiff_t>(size); }

// Ones at the events of `y`, its last `axes` axes, that lie in the set, or are NaN if they are
// numbers; nothing where all lie in it.
std::optional<Var> inside(const Constraint& set, const Var& y, std::size_t axes) {
  const Array& value = y.value();
  if (!set.first_outside(value)) return std::nullopt;
  const NoTape pause;
  if (set.axes() == 0) {
    const Var closed_low = set.lower().open ? 0.0 : 1.0, closed_high = set.upper().open ? 0.0 : 1.0;
    return min(elementwise(
                   [](auto y, auto low, auto high, auto closed_low, auto closed_high) {
                     const auto out = y < low || (y == low && closed_low == 0.0) || y > high ||
                                      (y == high && closed_high == 0.0);
                     return where(out, 0.0, 1.0);
                   },
                   Var(value), set.lower().array(), set.upper().array(), closed_low, closed_high,
                   "inside"),
               last_axes(axes));
  }
  const Shape& shape = value.shape();
  const Shape event(shape.end() - signed_size(axes), shape.end());
  Array result = uninitialised(Shape(shape.begin(), shape.end() - signed_size(axes)));
  const std::size_t size = size_of(event);
  Array one = uninitialised(event);
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::copy_n(value.data() + i * size, size, one.data());
    result.data()[i] = set.first_outside(one) ? 0 : 1;
  }
  return Var(result);
}

}  // namespace

Transformed::Transformed(std::shared_ptr<const Distribution> base, Transform transform)
    : base_(std::move(base)), transform_(std::move(transform)) {
  if (base_->support().discrete()) {
    throw Error(fmt::format(
        "{}: the base {} is discrete: its values have probabilities, which a transform leaves as "
        "they are, and no density: transform its draws, or a Delta's value",
        name(), base_->name()));
  }
  const Shape batch = base_->batch_shape(), event = base_->event_shape();
  if (event.size() < transform_.axes_in()) {
    throw ShapeError(fmt::format(
        "{}: the transform takes events of {} axes, and {} has event shape {}: count axes of its "
        "batch {} as event, with to_event",
        name(), transform_.axes_in(), base_->name(), to_string(event), to_string(batch)));
  }
  const Shape shape = transform_.forward_shape(joined(batch, event));
  const std::size_t axes = event.size() - transform_.axes_in() + transform_.axes_out();
  const auto end = shape.end() - signed_size(axes);
  event_ = Shape(end, shape.end());
  if (Shape(shape.begin(), end) != batch || joined(batch, event_) != shape ||
      (transform_.axes_in() == 0 && event_ != event)) {
    throw ShapeError(fmt::format(
        "{}: the transform makes shape {} of batch {} and event {}: give the base that shape, for "
        "draws of one base are not independent",
        name(), to_string(shape), to_string(batch), to_string(event)));
  }
}

std::string Transformed::name() const {
  return fmt::format("Transformed({}, {})", base_->name(), transform_.name());
}

std::vector<Parameter> Transformed::parameters() const {
  std::vector<Parameter> all = base_->parameters();
  for (Parameter& parameter : transform_.parameters()) all.push_back(std::move(parameter));
  return all;
}

template <class Answer, class Outside>
Var Transformed::within(const Var& y, Answer answer, Outside outside) const {
  const std::optional<Var> mask = inside(support(), y, event_.size());
  if (!mask) return answer(y);
  // Any value that has a density stands in for those that have none.
  Rng rng(0);
  const Var anchor = draw(rng, {});
  const Var by_event = reshape(*mask, joined(mask->shape(), Shape(event_.size(), 1)));
  return where(*mask, answer(where(by_event, y, anchor)), outside(y));
}

Var Transformed::log_prob_at(const Var& y) const {
  return within(
      y,
      [this](const Var& y) {
        const Var x = transform_.inverse(y);
        const std::size_t beside = base_->event_shape().size() - transform_.axes_in();
        return elementwise(
            [](auto log_p, auto log_det) {
              return where(log_p == -kInfinity, -kInfinity, log_p - log_det);
            },
            base_->log_prob(x), sum(transform_.log_abs_det(x), last_axes(beside)),
            "Transformed::log_prob");
      },
      [](const Var&) { return Var(-kInfinity); });
}

Var Transformed::sign_for(const char* what) const {
  if (!event_.empty() || transform_.axes_in() > 0) {
    refuse(what, "its values are not numbers: estimate it from draws of sample");
  }
  return stop_gradient(transform_.sign());
}

Var Transformed::tail(const Var& y, Tail increasing, Tail decreasing, double below,
                      double above) const {
  const Array sign = sign_for("cdf").value();
  const auto rises = [](real s) { return s > 0; };
  const Constraint set = support();
  return within(
      y,
      [&](const Var& y) {
        const Var x = transform_.inverse(y);
        if (std::all_of(sign.begin(), sign.end(), rises)) return ((*base_).*increasing)(x);
        if (std::none_of(sign.begin(), sign.end(), rises)) return ((*base_).*decreasing)(x);
        return where(maximum(Var(sign), 0.0), ((*base_).*increasing)(x), ((*base_).*decreasing)(x));
      },
      [&](const Var& y) {
        return elementwise(
            [](auto y, auto low, auto below, auto above) { return where(y > low, above, below); },
            stop_gradient(y), set.lower().array(), below, above, "Transformed::cdf");
      });
}

Var Transformed::cdf_at(const Var& y) const {
  const Array sign = sign_for("cdf").value();
  if (std::all_of(sign.begin(), sign.end(), [](real s) { return s > 0; })) {
    return tail(y, &Distribution::cdf, &Distribution::cdf, 0, 1);
  }
  return exp(log_cdf_at(y));
}

Var Transformed::log_cdf_at(const Var& y) const {
  return tail(y, &Distribution::log_cdf, &Distribution::log_survival, -kInfinity, 0);
}

Var Transformed::log_survival_at(const Var& y) const {
  return tail(y, &Distribution::log_survival, &Distribution::log_cdf, 0, -kInfinity);
}

Var Transformed::icdf_at(const Var& p) const {
  const Var sign = sign_for("icdf");
  return transform_.forward(
      base_->icdf(elementwise([](auto p, auto sign) { return where(sign > 0.0, p, 1.0 - p); }, p,
                              sign, "Transformed::icdf")));
}

Var Transformed::median() const {
  sign_for("median");
  return transform_.forward(base_->median());
}

Array Transformed::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return transform_.forward(base_->sample(rng, sample_shape)).value();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
