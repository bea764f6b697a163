#include <cstring>
#include <evident/tests/autodiff/plain.hpp>
#include <sstream>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// SplitMix64's finaliser (Steele et al. 2014), so that the tests' numbers are not the library's.
std::uint64_t scrambled(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

Plain plain(const Array& array) {
  return {array.shape(), std::vector<double>(array.data(), array.data() + array.size())};
}

Array array(const Plain& values) {
  Array result = uninitialised(values.shape);
  for (std::size_t i = 0; i < values.data.size(); ++i) {
    result.data()[i] = static_cast<real>(values.data[i]);
  }
  return result;
}

Plain draw(const Shape& shape, const Domain& domain, std::uint64_t seed) {
  Plain result{shape, std::vector<double>(size_of(shape))};
  std::uint64_t state = scrambled(seed);
  for (double& value : result.data) {
    state += 0x9E3779B97F4A7C15;
    const double u = static_cast<double>(scrambled(state) >> 11) * 0x1p-53;
    value = domain.coin ? (u < 0.5 ? 0 : 1) : domain.low + u * (domain.high - domain.low);
    if (std::abs(value) < domain.gap) value = std::copysign(domain.gap + std::abs(value), value);
    value = static_cast<double>(static_cast<float>(value));
  }
  return result;
}

std::size_t broadcast_index(const Shape& to, std::size_t index, const Shape& from) {
  std::size_t result = 0;
  std::size_t stride = 1;
  for (std::size_t back = 1; back <= from.size(); ++back) {
    const std::size_t coordinate = index % to[to.size() - back];
    index /= to[to.size() - back];
    const std::size_t length = from[from.size() - back];
    if (length != 1) result += coordinate * stride;
    stride *= length;
  }
  return result;
}

std::vector<std::size_t> coordinates(const Shape& shape, std::size_t index) {
  std::vector<std::size_t> result(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    result[axis] = index % shape[axis];
    index /= shape[axis];
  }
  return result;
}

std::size_t position(const Shape& shape, const std::vector<std::size_t>& coordinates) {
  std::size_t result = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    result = result * shape[axis] + coordinates[axis];
  }
  return result;
}

std::string difference(const Plain& got, const Plain& want, double relative, double absolute) {
  std::ostringstream message;
  message.precision(17);
  if (got.shape != want.shape) {
    message << "shape " << to_string(got.shape) << " instead of " << to_string(want.shape);
    return message.str();
  }
  double worst = 1;
  for (std::size_t i = 0; i < want.data.size(); ++i) {
    const double x = got.data[i];
    const double y = want.data[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double error = std::abs(x - y) / (relative * std::abs(y) + absolute);
    if (error <= worst) continue;
    worst = std::isnan(error) ? INFINITY : error;
    message.str("");
    message << "element " << i << " is " << x << " instead of " << y << ", " << error
            << " times the tolerance";
  }
  return message.str();
}

bool same_bits(const Array& a, const Array& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(real)) == 0);
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
