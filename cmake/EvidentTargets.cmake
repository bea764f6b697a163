# Headers are included as <evident/autodiff/var.hpp>: the build tree offers each folder, and the
# umbrella header, under that prefix.
set(EVIDENT_FOLDERS autodiff data distributions inference layers models optim) # of the library
set(EVIDENT_INCLUDE ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${EVIDENT_INCLUDE}/evident)
foreach(entry ${EVIDENT_FOLDERS} apps tests evident.hpp)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${entry} ${EVIDENT_INCLUDE}/evident/${entry} SYMBOLIC)
endforeach()
configure_file(cmake/version.hpp.in ${EVIDENT_INCLUDE}/evident/version.hpp @ONLY)

# The warnings that Evident is free of.
function(evident_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion)
  # Vectors wider than the machine's registers pass between functions of one file only.
  target_compile_options(${target} PRIVATE -Wno-psabi)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # GCC does not count a change of sign among the conversions.
    target_compile_options(${target} PRIVATE -Wno-sign-conversion)
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND EVIDENT_NATIVE)
    # The compiler's own AVX-512 headers trip it.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-uninitialized)
  endif()
  if(EVIDENT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# A static library of the given sources, relative to the root: evident_f32 is also evident::f32.
function(evident_library target)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/)
  add_library(${target} STATIC ${ARGN})
  string(REPLACE evident_ "" name ${target})
  add_library(evident::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  if(NOT top_level AND NOT EVIDENT_INSTALL)
    # In another project only what it links is built.
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${EVIDENT_INCLUDE}>)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON)
  evident_warnings(${target})
  if(EVIDENT_NATIVE)
    target_compile_options(${target} PRIVATE -march=native)
  endif()
endfunction()

# What computes is in the library: the project's own programs compile in half the time like this.
function(evident_plain_program target precision)
  target_link_libraries(${target} PRIVATE evident::${precision})
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  evident_warnings(${target})
endfunction()

# What programs and collections of objects that use one precision have in common. Those of the
# project's own flags share the umbrella header, parsed once.
function(evident_uses target precision)
  evident_plain_program(${target} ${precision})
  if(NOT EVIDENT_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET evident_headers_${precision})
    set(source ${PROJECT_BINARY_DIR}/evident_headers_${precision}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "")
    add_library(evident_headers_${precision} OBJECT ${source})
    evident_plain_program(evident_headers_${precision} ${precision})
    target_precompile_headers(evident_headers_${precision} PRIVATE <evident/evident.hpp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM evident_headers_${precision})
endfunction()

# A program of the given sources that uses one precision.
function(evident_program target precision)
  add_executable(${target} ${ARGN})
  evident_uses(${target} ${precision})
endfunction()
