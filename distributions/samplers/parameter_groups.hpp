#pragma once

#include <algorithm>
#include <evident/autodiff/broadcast.hpp>
#include <evident/autodiff/random_groups.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace groups {

// Which element of a batch each draw belongs to, for draws whose shape the batch broadcasts to.
class BatchPlaces {
 public:
  // Errors: `batch` does not broadcast to `shape`.
  BatchPlaces(const Shape& batch, const Shape& shape, const char* function);

  // Whether there is but one.
  bool constant() const { return constant_; }

  // The elements for the draws of group `index`; past the end of the draws, that of the last.
  void load(std::uint64_t index, std::size_t* out) const;

 private:
  std::size_t size_;
  bool constant_;
  detail::BroadcastLoop loop_;
};

// A sampler's parameter as its groups of draws read it. The array has to outlive it.
class ParameterGroups {
 public:
  // Errors: `parameter` does not broadcast to `shape`.
  ParameterGroups(const Array& parameter, const Shape& shape, const char* function)
      : parameter_(parameter.data()), places_(parameter.shape(), shape, function) {}

  // Whether all draws have the same.
  bool constant() const { return places_.constant(); }

  template <class T>
  void load(std::uint64_t index, T* out) const {
    if (places_.constant()) {
      std::fill_n(out, kGroup, static_cast<T>(parameter_[0]));
      return;
    }
    std::size_t place[kGroup];
    places_.load(index, place);
    for (std::size_t i = 0; i < kGroup; ++i) out[i] = static_cast<T>(parameter_[place[i]]);
  }

 private:
  const real* parameter_;
  BatchPlaces places_;
};

}  // namespace groups
}  // namespace EVIDENT_PRECISION
}  // namespace evident
