# Installs the build in BINARY_DIR, looks through what is there, and moves it for the consumers.
function(fail)
  message(FATAL_ERROR ${ARGV})
endfunction()

file(REMOVE_RECURSE ${MADE_IN} ${MOVED_TO})
set(config "")
if(CONFIG)
  set(config --config ${CONFIG})
endif()
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BINARY_DIR} ${config} --prefix ${MADE_IN}
  OUTPUT_QUIET
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  fail("cmake --install failed: has everything been built?")
endif()
file(RENAME ${MADE_IN} ${MOVED_TO})

# Every public header, and nothing else.
file(GLOB_RECURSE headers RELATIVE ${MOVED_TO}/${INCLUDEDIR}/evident
  ${MOVED_TO}/${INCLUDEDIR}/evident/*)
set(expected evident.hpp version.hpp)
foreach(folder ${FOLDERS})
  file(GLOB_RECURSE found RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/${folder}/*.hpp)
  list(APPEND expected ${found})
endforeach()
list(SORT headers)
list(SORT expected)
if(NOT headers STREQUAL expected)
  fail("installed headers: ${headers}\nexpected: ${expected}")
endif()

# What finds it names no place on this machine and no option of its compiler.
file(GLOB descriptions
  ${MOVED_TO}/${LIBDIR}/cmake/evident/*.cmake ${MOVED_TO}/${LIBDIR}/pkgconfig/*.pc)
list(LENGTH descriptions count)
if(NOT count EQUAL 8)
  fail("files for CMake and pkg-config: ${descriptions}, expected 8")
endif()
foreach(file ${descriptions})
  file(READ ${file} text)
  # The path in the words on how to help where OpenBLAS is not found.
  string(REPLACE "EVIDENT_OPENBLAS=/path/to/libopenblas.so" "" text "${text}")
  foreach(word ${SOURCE_DIR} ${BINARY_DIR} ${MADE_IN} libopenblas.so -march nlohmann)
    string(FIND "${text}" ${word} place)
    if(NOT place EQUAL -1)
      fail("${file} mentions ${word}")
    endif()
  endforeach()
endforeach()

file(GLOB licence ${MOVED_TO}/share/doc/*/LICENSE)
if(NOT licence)
  fail("the licence has not been installed")
endif()

if(PROGRAM)
  execute_process(COMMAND ${MOVED_TO}/${PROGRAM} --version
    OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT said STREQUAL "evident ${VERSION}")
    fail("${PROGRAM} --version says \"${said}\", expected \"evident ${VERSION}\"")
  endif()
endif()
