# What must not compile, and one file that must.
foreach(name accepted capture conditional_on_lane copied_tape if_on_lane moved_tape no_precision
    returns_comparison std_function two_precisions)
  add_test(NAME refused_${name} COMMAND ${CMAKE_COMMAND}
    -DCOMPILER=${CMAKE_CXX_COMPILER}
    -DINCLUDE=${EVIDENT_INCLUDE}
    -DSOURCE=${CMAKE_CURRENT_LIST_DIR}/refused/${name}.cpp
    -P ${CMAKE_CURRENT_LIST_DIR}/refused/check.cmake)
endforeach()

# One program that links both precisions; each half sees its own definition only.
foreach(precision f32 f64)
  add_library(both_precisions_${precision} OBJECT
    ${CMAKE_CURRENT_LIST_DIR}/both_precisions/outcomes.cpp)
  evident_uses(both_precisions_${precision} ${precision})
endforeach()
evident_program(both_precisions f32
  ${CMAKE_CURRENT_LIST_DIR}/both_precisions/both_precisions_test.cpp
  $<TARGET_OBJECTS:both_precisions_f32>
  $<TARGET_OBJECTS:both_precisions_f64>
  $<TARGET_OBJECTS:operation_rows_f32>
  $<TARGET_OBJECTS:operation_rows_f64>)
target_link_libraries(both_precisions PRIVATE evident::f64)
# It sees no header of one precision.
set_target_properties(both_precisions PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
add_test(NAME both_precisions COMMAND both_precisions)

# Random words are the same bits with other instruction sets than that of this build.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(instruction_sets x86-64)
  if(EXISTS /proc/cpuinfo)
    file(STRINGS /proc/cpuinfo avx2 REGEX "^flags.* avx2 " LIMIT_COUNT 1)
    if(avx2)
      list(APPEND instruction_sets x86-64-v3)
    endif()
  endif()
  foreach(set ${instruction_sets})
    add_executable(rng_${set} $<TARGET_OBJECTS:test_parts>
      ${CMAKE_CURRENT_LIST_DIR}/rng_test.cpp
      ${PROJECT_SOURCE_DIR}/autodiff/rng.cpp)
    target_link_libraries(rng_${set} PRIVATE doctest::doctest)
    target_include_directories(rng_${set} PRIVATE ${EVIDENT_INCLUDE})
    target_compile_features(rng_${set} PRIVATE cxx_std_17)
    evident_warnings(rng_${set})
    target_compile_options(rng_${set} PRIVATE -march=${set})
    add_test(NAME rng_${set} COMMAND rng_${set})
  endforeach()
endif()
