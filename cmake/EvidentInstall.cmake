# The installation: headers, libraries, the program, and what lets CMake and pkg-config find them.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

install(DIRECTORY ${EVIDENT_FOLDERS} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/evident
  FILES_MATCHING PATTERN "*.hpp")
install(FILES evident.hpp ${EVIDENT_INCLUDE}/evident/version.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/evident)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(TARGETS evident_shared evident_f32 evident_f64 EXPORT evident
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(EVIDENT_BUILD_PROGRAM)
  install(TARGETS evident-program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# For find_package(evident).
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/evident)
install(EXPORT evident FILE evident-targets.cmake NAMESPACE evident:: DESTINATION ${package})
configure_package_config_file(
  cmake/evident-config.cmake.in ${PROJECT_BINARY_DIR}/package/evident-config.cmake
  INSTALL_DESTINATION ${package}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/evident-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  cmake/EvidentOpenBLAS.cmake
  ${PROJECT_BINARY_DIR}/package/evident-config.cmake
  ${PROJECT_BINARY_DIR}/package/evident-config-version.cmake
  DESTINATION ${package})

# For pkg-config: evident-f32, evident-f64, and evident, which is evident-f64. The prefix is given
# relative to the file, so that the installation can move.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(ABSOLUTE_PATH pkgconfig BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE here)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${here} OUTPUT_VARIABLE to_prefix)
set(prefix \${prefix})
cmake_path(APPEND prefix ${CMAKE_INSTALL_INCLUDEDIR} OUTPUT_VARIABLE includedir)
cmake_path(APPEND prefix ${CMAKE_INSTALL_LIBDIR} OUTPUT_VARIABLE libdir)
set(precisions f32 f64)
set(numbers float double)
foreach(precision number IN ZIP_LISTS precisions numbers)
  string(TOUPPER EVIDENT_${precision} definition)
  configure_file(cmake/evident-precision.pc.in
    ${PROJECT_BINARY_DIR}/package/evident-${precision}.pc @ONLY)
endforeach()
configure_file(cmake/evident.pc.in ${PROJECT_BINARY_DIR}/package/evident.pc @ONLY)
install(FILES
  ${PROJECT_BINARY_DIR}/package/evident.pc
  ${PROJECT_BINARY_DIR}/package/evident-f32.pc
  ${PROJECT_BINARY_DIR}/package/evident-f64.pc
  DESTINATION ${pkgconfig})
