#include <doctest/doctest.h>

#include <evident/inference/active_units.hpp>

using namespace evident;

TEST_CASE("active units: those whose mean moves with the data") {
  const Array means = matrix({{1, 0.5, 2.0}, {-1, 0.5, 2.1}, {3, 0.5, 1.9}, {1, 0.5, 2.0}});
  const ActiveUnits units = active_units(means);
  REQUIRE(units.variances.size() == 3);
  CHECK(units.variances[0] == doctest::Approx(8.0 / 3));
  CHECK(units.variances[1] == 0);
  CHECK(units.variances[2] == doctest::Approx(0.02 / 3).epsilon(1e-4));
  CHECK(units.active == 1);
  CHECK(active_units(means, 0.005).active == 2);
  CHECK(to_string(units) == "1 of 3 units are active");
  CHECK(warnings(units).empty());
}

TEST_CASE("active units: collapse is said in words, and what to do") {
  const std::vector<std::string> all = warnings(active_units(full({10, 3}, 0.3)));
  REQUIRE(all.size() == 1);
  CHECK(all[0].find("0 of 3 units are active: the posterior has collapsed") == 0);
  CHECK(all[0].find("FitOptions::beta") != std::string::npos);
  CHECK_THROWS_WITH_AS(active_units(zeros({3})),
                       doctest::Contains("got posterior means of shape (3)"), ShapeError);
}
