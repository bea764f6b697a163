# Compiles SOURCE with the command that the README gives, and with its variations, and runs it.
find_program(PKG_CONFIG pkg-config)
if(NOT PKG_CONFIG)
  message(STATUS "skipped: there is no pkg-config")
  return()
endif()

set(ENV{PKG_CONFIG_PATH} ${PKGCONFIG}:$ENV{PKG_CONFIG_PATH})
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
file(COPY_FILE ${SOURCE} ${FOLDER}/my_program.cpp)

file(STRINGS ${README} line REGEX "pkg-config --cflags --libs evident")
if(NOT line MATCHES "^c\\+\\+ -std=c\\+\\+17 my_program.cpp (.*) -o my_program$")
  message(FATAL_ERROR "the README's command has changed: \"${line}\"")
endif()
set(pkg_config_of_readme "${CMAKE_MATCH_1}")

function(compile_and_run standard arguments)
  set(command "${COMPILER} ${FLAGS} -std=${standard} my_program.cpp ${arguments} -o my_program")
  execute_process(COMMAND sh -c "${command} && ./my_program"
    WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed: ${command} && ./my_program")
  endif()
endfunction()

compile_and_run(c++17 "${pkg_config_of_readme}")
compile_and_run(c++17 "$(pkg-config --cflags --libs evident-f32)")
compile_and_run(c++20 "$(pkg-config --static --cflags --libs evident)")
