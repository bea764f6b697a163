# Evident as others use it: each folder here is a project of its own, configured, built and run by
# ctest with the compiler of this build. All but one use an installation, which is moved after it
# was made: nothing in it may name a place on this machine.
set(consumers ${CMAKE_CURRENT_BINARY_DIR}/consumer)
set(installed ${consumers}/moved)
set(sanitize "")
if(EVIDENT_SANITIZE)
  set(sanitize -fsanitize=${EVIDENT_SANITIZE})
endif()

add_test(NAME consumer_install COMMAND ${CMAKE_COMMAND}
  -D SOURCE_DIR=${PROJECT_SOURCE_DIR}
  -D BINARY_DIR=${PROJECT_BINARY_DIR}
  -D CONFIG=$<CONFIG>
  -D MADE_IN=${consumers}/made
  -D MOVED_TO=${installed}
  -D LIBDIR=${CMAKE_INSTALL_LIBDIR}
  -D INCLUDEDIR=${CMAKE_INSTALL_INCLUDEDIR}
  -D "FOLDERS=${EVIDENT_FOLDERS}"
  -D "PROGRAM=$<$<BOOL:${EVIDENT_BUILD_PROGRAM}>:${CMAKE_INSTALL_BINDIR}/evident>"
  -D VERSION=${PROJECT_VERSION}
  -P ${CMAKE_CURRENT_LIST_DIR}/install.cmake)
set_tests_properties(consumer_install PROPERTIES FIXTURES_SETUP installation)

# Builds and runs the project in a folder; further arguments are for its configuration.
function(evident_consumer name)
  add_test(NAME consumer_${name} COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${PROJECT_SOURCE_DIR}/tests/consumer/${name} ${consumers}/${name}
    --build-generator ${CMAKE_GENERATOR}
    --build-makeprogram ${CMAKE_MAKE_PROGRAM}
    --build-config $<CONFIG>
    --build-noclean
    --build-options --fresh -D CMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} ${ARGN}
    --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure)
endfunction()

set(prefix_path ${installed} ${CMAKE_PREFIX_PATH})
string(REPLACE ";" "\\;" prefix_path "${prefix_path}")
foreach(name find_package both_precisions)
  evident_consumer(${name}
    -D "CMAKE_PREFIX_PATH=${prefix_path}"
    -D CMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}
    -D CMAKE_CXX_FLAGS=${sanitize})
  set_tests_properties(consumer_${name} PROPERTIES FIXTURES_REQUIRED installation)
endforeach()

# Compiles the library once more, as quickly as can be.
evident_consumer(add_subdirectory
  -D CMAKE_BUILD_TYPE=Debug
  -D CMAKE_CXX_FLAGS_DEBUG=-O0
  -D EVIDENT_PRECOMPILE=ON
  -D EVIDENT_WERROR=${EVIDENT_WERROR})
set_tests_properties(consumer_add_subdirectory PROPERTIES COST 100) # the longest begins first

add_test(NAME consumer_pkg_config COMMAND ${CMAKE_COMMAND}
  -D COMPILER=${CMAKE_CXX_COMPILER}
  -D FLAGS=${sanitize}
  -D SOURCE=${CMAKE_CURRENT_LIST_DIR}/find_package/main.cpp
  -D README=${PROJECT_SOURCE_DIR}/README.md
  -D PKGCONFIG=${installed}/${CMAKE_INSTALL_LIBDIR}/pkgconfig
  -D FOLDER=${consumers}/pkg_config
  -P ${CMAKE_CURRENT_LIST_DIR}/pkg_config.cmake)
set_tests_properties(consumer_pkg_config PROPERTIES
  FIXTURES_REQUIRED installation
  SKIP_REGULAR_EXPRESSION "skipped: ")
