#pragma once

#include <cstddef>
#include <cstdint>
#include <evident/data/idx.hpp>
#include <string>
#include <vector>

namespace evident {

/// Grey images of one size with a label each.
///
/// `pixels` holds count * rows * columns values from 0 to 255, image by image, each row-major;
/// `labels` holds count values.
struct ImageSet {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;

  /// Pixels in one image.
  std::size_t size() const { return rows * columns; }
  /// 1 + the largest label; 0 without labels.
  std::size_t classes() const;
};

/// A data set for training and testing, both sides with images of the same size.
struct Images {
  std::string name;  ///< `fashion-mnist`, or the directory's last component
  ImageSet train;    ///< what a model learns from
  ImageSet test;     ///< what it is judged by
};

/// Loads a data set in the layout of MNIST.
///
/// `where` is `fashion-mnist`, meaning Debian's package dataset-fashion-mnist, or a directory with
/// the IDX files train-images, train-labels, t10k-images and t10k-labels, each spelled as in
/// `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, with or without `.gz`. `name` becomes
/// `fashion-mnist` or the directory's last component.
/// Throws DataError where the directory or a file is missing or damaged, where the counts of images
/// and labels or the image sizes of the two sides differ, and where a side has no images.
Images load_images(const std::string& where);

}  // namespace evident
