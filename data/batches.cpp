#include <algorithm>
#include <array>
#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/data/batches.hpp>
#include <numeric>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kWordGroup = Draw::kGroup;
constexpr std::size_t kRowsPerTask = 32;

// A pixel is on if its word is below its grey value's share of all words: never for 0, always
// for 255.
constexpr std::array<std::uint64_t, 256> kThresholds = [] {
  std::array<std::uint64_t, 256> shares{};
  for (std::size_t grey = 0; grey < 256; ++grey) shares[grey] = (std::uint64_t{grey} << 32) / 255;
  return shares;
}();

void binarise_row(const std::uint8_t* pixels, std::size_t count, const Draw& draw,
                  std::uint64_t first_group, real* out) {
  std::uint32_t words[kWordGroup];
  for (std::size_t i = 0; i < count; i += kWordGroup) {
    draw.group(first_group + i / kWordGroup, 0, words);
    const std::size_t length = std::min(kWordGroup, count - i);
    for (std::size_t j = 0; j < length; ++j) {
      out[i + j] = static_cast<real>(words[j] < kThresholds[pixels[i + j]] ? 1 : 0);
    }
  }
}

}  // namespace

const char* to_string(Binarize binarize) {
  switch (binarize) {
    case Binarize::kDynamic:
      return "dynamic";
    case Binarize::kStatic:
      return "static";
    default:
      return "none";
  }
}

Batches::Batches(const ImageSet& set, std::size_t batch, Binarize binarize, std::uint64_t seed,
                 const std::string& purpose)
    : set_(set),
      batch_(std::min(batch, std::max<std::size_t>(set.count, 1))),
      binarize_(binarize),
      seed_(seed),
      purpose_(purpose),
      ordered_epoch_(static_cast<std::size_t>(-1)),
      order_(set.count) {
  if (batch_ == 0) throw Error("Batches: the batch size must be at least 1, got 0");
  if (set.labels.size() != set.count) {
    throw Error("Batches: got " + std::to_string(set.labels.size()) + " labels for " +
                std::to_string(set.count) + " images: expected one for each");
  }
}

std::size_t Batches::count() const { return (set_.count + batch_ - 1) / batch_; }

void Batches::check_index(std::size_t index) const {
  if (index < count()) return;
  throw Error("Batches: there is no batch " + std::to_string(index) + ": an epoch has " +
              std::to_string(count()) + ", from 0");
}

Minibatch Batches::in_order(std::size_t epoch, std::size_t index) const {
  check_index(index);
  std::vector<std::uint32_t> rows(std::min(batch_, set_.count - index * batch_));
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(index * batch_));
  return gather(epoch, rows);
}

Minibatch Batches::shuffled(std::size_t epoch, std::size_t index) {
  check_index(index);
  if (epoch != ordered_epoch_) {
    // Every image draws a number and the images are sorted by it: a shuffle without a sequence.
    const Draw draw = Rng(seed_, purpose_ + " order", epoch).next();
    std::vector<std::uint64_t> keys(set_.count);
    std::uint32_t words[kWordGroup];
    for (std::size_t row = 0; row < set_.count; ++row) {
      if (row % kWordGroup == 0) draw.group(row / kWordGroup, 0, words);
      keys[row] = (std::uint64_t{words[row % kWordGroup]} << 32) | row;
    }
    std::sort(keys.begin(), keys.end());
    std::transform(keys.begin(), keys.end(), order_.begin(),
                   [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
    ordered_epoch_ = epoch;
  }
  const std::size_t first = index * batch_;
  const std::size_t last = std::min(set_.count, first + batch_);
  return gather(epoch, {order_.begin() + static_cast<std::ptrdiff_t>(first),
                        order_.begin() + static_cast<std::ptrdiff_t>(last)});
}

Minibatch Batches::gather(std::size_t epoch, const std::vector<std::uint32_t>& rows) const {
  const std::size_t pixels = set_.size();
  const std::size_t groups = (pixels + kWordGroup - 1) / kWordGroup;
  const Draw draw =
      Rng(seed_, purpose_ + " binarize", binarize_ == Binarize::kStatic ? 0 : epoch).next();
  Array batch = uninitialised({rows.size(), pixels});
  Array labels = uninitialised({rows.size()});
  std::transform(rows.begin(), rows.end(), labels.data(),
                 [&](std::uint32_t row) { return static_cast<real>(set_.labels[row]); });
  parallel((rows.size() + kRowsPerTask - 1) / kRowsPerTask, [&](std::size_t task) {
    const std::size_t last = std::min(rows.size(), (task + 1) * kRowsPerTask);
    for (std::size_t i = task * kRowsPerTask; i < last; ++i) {
      const std::uint8_t* from = set_.pixels.data() + rows[i] * pixels;
      real* to = batch.data() + i * pixels;
      if (binarize_ == Binarize::kNone) {
        std::transform(from, from + pixels, to,
                       [](std::uint8_t pixel) { return static_cast<real>(pixel) / real(255); });
      } else {
        binarise_row(from, pixels, draw, rows[i] * groups, to);
      }
    }
  });
  return {std::move(batch), std::move(labels)};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
