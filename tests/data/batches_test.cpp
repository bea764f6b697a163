#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/error.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/data/batches.hpp>
#include <map>

using namespace evident;

namespace {

// Images of 2 x 35 pixels (more than one group of random words), each with a first pixel pair that
// names it: 255 where its number has a bit. The label is what is left of the number modulo 7.
constexpr std::size_t kCount = 150;
constexpr std::size_t kPixels = 70;
constexpr std::size_t kBits = 8;

ImageSet numbered_images() {
  ImageSet set{kCount, 2, 35, {}, {}};
  for (std::size_t i = 0; i < kCount; ++i) {
    set.labels.push_back(static_cast<std::uint8_t>(i % 7));
    for (std::size_t k = 0; k < kPixels; ++k) {
      const bool named = k < kBits;
      const std::size_t value = named ? (i >> k & 1) * 255 : (i * 31 + k * 17) % 256;
      set.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return set;
}

std::size_t number_of(const real* row) {
  std::size_t number = 0;
  for (std::size_t k = 0; k < kBits; ++k) number |= (row[k] == 1 ? std::size_t{1} : 0) << k;
  return number;
}

using Epoch = std::map<std::size_t, std::vector<real>>;  // content of every image, by its number

struct Read {
  Epoch images;
  std::vector<std::size_t> order;
};

Read read(Batches& batches, std::size_t batch, std::size_t epoch, bool shuffled) {
  Read result;
  CHECK(batches.count() == (kCount + batch - 1) / batch);
  for (std::size_t index = 0; index < batches.count(); ++index) {
    const Minibatch part =
        shuffled ? batches.shuffled(epoch, index) : batches.in_order(epoch, index);
    const Array& x = part.pixels.value();
    REQUIRE(x.shape() == Shape{std::min(batch, kCount - index * batch), kPixels});
    REQUIRE(part.labels.shape() == Shape{rows(x)});
    for (std::size_t i = 0; i < rows(x); ++i) {
      const real* row = x.data() + i * kPixels;
      result.order.push_back(number_of(row));
      result.images[result.order.back()] = {row, row + kPixels};
      CHECK(part.labels.data()[i] == static_cast<real>(result.order.back() % 7));
    }
  }
  return result;
}

Read read(const ImageSet& set, std::size_t batch, Binarize binarize, std::size_t epoch,
          bool shuffled, std::uint64_t seed = 7, const std::string& purpose = "train") {
  Batches batches(set, batch, binarize, seed, purpose);
  return read(batches, batch, epoch, shuffled);
}

}  // namespace

TEST_CASE("batches: every image once an epoch, in order or shuffled") {
  const ImageSet set = numbered_images();
  for (const std::size_t batch : {1, 7, 64, 150, 1000}) {
    const Read ordered = read(set, batch, Binarize::kDynamic, 3, false);
    CHECK(std::is_sorted(ordered.order.begin(), ordered.order.end()));
    CHECK(ordered.images.size() == kCount);
    const Read shuffled = read(set, batch, Binarize::kDynamic, 3, true);
    CHECK(shuffled.order.size() == kCount);
    CHECK(shuffled.images.size() == kCount);
    CHECK_FALSE(std::is_sorted(shuffled.order.begin(), shuffled.order.end()));
  }
}

TEST_CASE("batches: neither order nor content depends on the batch size or the reading order") {
  const ImageSet set = numbered_images();
  for (const Binarize binarize : {Binarize::kDynamic, Binarize::kStatic, Binarize::kNone}) {
    const Read seven = read(set, 7, binarize, 5, true);
    const Read large = read(set, 64, binarize, 5, true);
    CHECK(seven.order == large.order);
    CHECK(seven.images == large.images);
    CHECK(seven.images == read(set, 20, binarize, 5, false).images);
  }
  Batches batches(set, 64, Binarize::kDynamic, 7, "train");
  read(batches, 64, 4, true);
  CHECK(read(batches, 64, 5, true).images == read(set, 64, Binarize::kDynamic, 5, true).images);
  const Minibatch last_first = batches.shuffled(6, 2);
  batches.shuffled(5, 0);
  CHECK(batches.shuffled(6, 2).pixels.value() == last_first.pixels.value());
  CHECK(batches.shuffled(6, 2).labels == last_first.labels);
}

TEST_CASE("batches: nor on the number of threads") {
  const ImageSet set = numbered_images();
  const std::size_t before = threads();
  set_threads(1);
  const Read one = read(set, 150, Binarize::kDynamic, 1, true);
  set_threads(3);
  CHECK(read(set, 150, Binarize::kDynamic, 1, true).images == one.images);
  set_threads(before);
}

TEST_CASE("batches: dynamic differs from epoch to epoch, static does not, none is pixel / 255") {
  const ImageSet set = numbered_images();
  const auto images = [&](Binarize binarize, std::size_t epoch) {
    return read(set, 50, binarize, epoch, true).images;
  };
  CHECK(images(Binarize::kDynamic, 0) != images(Binarize::kDynamic, 1));
  CHECK(images(Binarize::kStatic, 0) == images(Binarize::kStatic, 1));
  CHECK(images(Binarize::kStatic, 0) == images(Binarize::kDynamic, 0));
  for (const auto& [number, image] : images(Binarize::kNone, 2)) {
    for (std::size_t k = 0; k < kPixels; ++k) {
      REQUIRE(image[k] == static_cast<real>(set.pixels[number * kPixels + k]) / real(255));
    }
  }
  CHECK(to_string(Binarize::kDynamic) == std::string("dynamic"));
  CHECK(to_string(Binarize::kStatic) == std::string("static"));
  CHECK(to_string(Binarize::kNone) == std::string("none"));
}

TEST_CASE("batches: seeds, purposes and epochs have orders and draws of their own") {
  const ImageSet set = numbered_images();
  const Read base = read(set, 50, Binarize::kDynamic, 0, true);
  for (const Read& other :
       {read(set, 50, Binarize::kDynamic, 1, true), read(set, 50, Binarize::kDynamic, 0, true, 8),
        read(set, 50, Binarize::kDynamic, 0, true, 7, "test")}) {
    CHECK(other.order != base.order);
    CHECK(other.images != base.images);
  }
}

TEST_CASE("batches: black stays 0 and white stays 1") {
  const ImageSet set = numbered_images();
  for (std::size_t epoch = 0; epoch < 20; ++epoch) {
    for (const auto& [number, image] : read(set, 50, Binarize::kDynamic, epoch, false).images) {
      for (std::size_t k = 0; k < kPixels; ++k) {
        const std::uint8_t pixel = set.pixels[number * kPixels + k];
        REQUIRE((image[k] == 0 || image[k] == 1));
        if (pixel == 0) REQUIRE(image[k] == 0);
        if (pixel == 255) REQUIRE(image[k] == 1);
      }
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("batches: a pixel is on as often as it is bright, within 5 standard errors") {
  constexpr std::size_t kEpochs = 20;
  for (const int grey : {1, 64, 128, 254}) {
    const ImageSet set{100, 10, 10,
                       std::vector<std::uint8_t>(10000, static_cast<std::uint8_t>(grey)),
                       std::vector<std::uint8_t>(100)};
    const Batches batches(set, 100, Binarize::kDynamic, 9, "train");
    double on = 0;
    for (std::size_t epoch = 0; epoch < kEpochs; ++epoch) {
      for (const real pixel : batches.in_order(epoch, 0).pixels.value()) on += pixel;
    }
    const double count = 10000.0 * kEpochs;
    const double p = grey / 255.0;
    CAPTURE(grey);
    CHECK(std::abs(on / count - p) < 5 * std::sqrt(p * (1 - p) / count));
  }
}

TEST_CASE("batches: an image is equally often in every place, within 5 standard errors") {
  const ImageSet set = numbered_images();
  Batches batches(set, 1, Binarize::kNone, 11, "train");
  constexpr int kEpochs = 3000;
  double in_first_half = 0;
  for (std::size_t epoch = 0; epoch < kEpochs; ++epoch) {
    in_first_half +=
        number_of(batches.shuffled(epoch, 0).pixels.value().data()) < kCount / 2 ? 1 : 0;
  }
  CHECK(std::abs(in_first_half / kEpochs - 0.5) < 5 * std::sqrt(0.25 / kEpochs));
}
#endif

TEST_CASE("batches: a set has as many classes as its largest label says") {
  CHECK(numbered_images().classes() == 7);
  CHECK(ImageSet{2, 1, 1, {0, 0}, {255, 3}}.classes() == 256);
  CHECK(ImageSet{}.classes() == 0);
}

TEST_CASE("batches: errors") {
  const ImageSet set = numbered_images();
  CHECK_THROWS_WITH_AS(Batches(set, 0, Binarize::kNone, 1, "train"),
                       doctest::Contains("Batches: the batch size must be at least 1, got 0"),
                       Error);
  ImageSet unlabelled = set;
  unlabelled.labels.pop_back();
  CHECK_THROWS_WITH_AS(Batches(unlabelled, 64, Binarize::kNone, 1, "train"),
                       doctest::Contains("Batches: got 149 labels for 150 images"), Error);
  Batches batches(set, 64, Binarize::kNone, 1, "train");
  CHECK_THROWS_WITH_AS(batches.in_order(0, 3),
                       doctest::Contains("Batches: there is no batch 3: an epoch has 3, from 0"),
                       Error);
  CHECK_THROWS_WITH_AS(batches.shuffled(0, 100), doctest::Contains("there is no batch 100"), Error);
}
