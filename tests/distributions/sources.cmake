# The tables of distributions and of KL rules, and what they are made of.
set(distribution_rows
  distributions/bernoulli_kl_rows.cpp
  distributions/bernoulli_rows.cpp
  distributions/count_rows.cpp
  distributions/distribution_table.cpp
  distributions/gamma_rows.cpp
  distributions/kl_table.cpp
  distributions/label_rows.cpp
  distributions/located_rows.cpp
  distributions/normal_kl_rows.cpp
  distributions/normal_rows.cpp
  distributions/quadrature.cpp
  distributions/reference_file.cpp
  distributions/shaped_rows.cpp)

# The tests of distributions, in a program of their own for each precision.
set(distribution_tests
  ${distribution_rows}
  autodiff/plain.cpp
  distributions/answers_test.cpp
  distributions/boundaries_test.cpp
  distributions/density_test.cpp
  distributions/kl_pairs_test.cpp
  distributions/kl_rules_test.cpp
  distributions/kl_test.cpp
  distributions/rsample_test.cpp
  distributions/samplers/categorical_test.cpp
  distributions/samplers/counts_test.cpp
  distributions/samplers/gamma_test.cpp
  distributions/samplers/samplers_test.cpp
  distributions/samplers/von_mises_test.cpp
  distributions/samples_test.cpp
  distributions/shaped_test.cpp
  distributions/shapes_test.cpp)
