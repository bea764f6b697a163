#pragma once

#include <cstdint>
#include <evident/autodiff/var.hpp>
#include <evident/data/images.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How grey pixels become targets of a Bernoulli.
enum class Binarize {
  kDynamic,  ///< each pixel drawn anew every epoch with its grey value as probability
  kStatic,   ///< the same draw every epoch
  kNone,     ///< grey values in [0, 1], for which a Bernoulli is not a likelihood
};

/// "dynamic", "static" or "none".
const char* to_string(Binarize binarize);

/// Some images and their labels.
struct Minibatch {
  Var pixels;    ///< (n, pixels)
  Array labels;  ///< (n), whole numbers
};

/// The images of a set as minibatches. Shuffling and binarisation are functions of the seed, the
/// epoch and the image's place in the set: they do not depend on the size of a batch, on threads,
/// or on what was read before.
class Batches {
 public:
  /// `set` must outlive this. `purpose` keeps the noise of several sets apart, such as "train" and
  /// "test". Errors: a batch of size 0; a set without a label for each image.
  Batches(const ImageSet& set, std::size_t batch, Binarize binarize, std::uint64_t seed,
          const std::string& purpose);

  /// How many batches an epoch has; the last may be smaller.
  std::size_t count() const;
  /// Batch `index` of the set in its own order, binarised as in `epoch`. Errors: no such batch.
  Minibatch in_order(std::size_t epoch, std::size_t index) const;
  /// Batch `index` of the set in the order of `epoch`. Errors: no such batch.
  Minibatch shuffled(std::size_t epoch, std::size_t index);

 private:
  void check_index(std::size_t index) const;
  Minibatch gather(std::size_t epoch, const std::vector<std::uint32_t>& rows) const;

  const ImageSet& set_;
  std::size_t batch_;
  Binarize binarize_;
  std::uint64_t seed_;
  std::string purpose_;
  std::size_t ordered_epoch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
