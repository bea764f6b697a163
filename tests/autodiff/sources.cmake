# The operation table and what it is made of.
set(operation_rows
  autodiff/elementwise_rows.cpp
  autodiff/indexing_rows.cpp
  autodiff/linalg_rows.cpp
  autodiff/operation_table.cpp
  autodiff/plain.cpp
  autodiff/product_rows.cpp
  autodiff/reduction_rows.cpp
  autodiff/shape_rows.cpp)

# Compiled into the test program of each precision.
set(autodiff_tests
  autodiff/broadcast_test.cpp
  autodiff/engine_test.cpp
  autodiff/errors_test.cpp
  autodiff/gemm_test.cpp
  autodiff/gradients_test.cpp
  autodiff/indexing_test.cpp
  autodiff/large_arrays_test.cpp
  autodiff/large_shapes_test.cpp
  autodiff/linalg_errors_test.cpp
  autodiff/linalg_test.cpp
  autodiff/memory_test.cpp
  autodiff/operation_list_test.cpp
  ${operation_rows}
  autodiff/operations_test.cpp
  autodiff/random_test.cpp
  autodiff/rng_test.cpp
  autodiff/shape_errors_test.cpp
  autodiff/tails_test.cpp
  autodiff/threads_test.cpp
  autodiff/trsm_test.cpp
  autodiff/watch_test.cpp
  house_test.cpp)
