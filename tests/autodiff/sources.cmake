# The operation table and what it is made of.
set(operation_rows
  autodiff/elementwise_rows.cpp
  autodiff/operation_table.cpp
  autodiff/plain.cpp
  autodiff/product_rows.cpp
  autodiff/reduction_rows.cpp
  autodiff/shape_rows.cpp)

# Compiled into the test program of each precision.
set(autodiff_tests
  autodiff/accuracy_test.cpp
  autodiff/adjoint_test.cpp
  autodiff/broadcast_test.cpp
  autodiff/declared_operations.cpp
  autodiff/edges_test.cpp
  autodiff/engine_test.cpp
  autodiff/errors_test.cpp
  autodiff/gemm_test.cpp
  autodiff/large_arrays_test.cpp
  autodiff/mask_rule_test.cpp
  autodiff/memory_test.cpp
  autodiff/operation_list_test.cpp
  ${operation_rows}
  autodiff/operations_test.cpp
  autodiff/pytorch_test.cpp
  autodiff/random_graphs_test.cpp
  autodiff/random_test.cpp
  autodiff/reduction_edges_test.cpp
  autodiff/rng_test.cpp
  autodiff/threads_test.cpp
  autodiff/wrong_derivatives_test.cpp
  house_test.cpp)
