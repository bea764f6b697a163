# Looks at the public headers of FOLDERS with COMPILER, at each alone or, with TOGETHER, at all in
# one file, in every precision of PRECISIONS and standard of STANDARDS. Fails at the first warning.
set(contents "")
foreach(folder ${FOLDERS})
  file(GLOB_RECURSE headers RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/${folder}/*.hpp)
  if(NOT headers)
    message(FATAL_ERROR "there are no headers in ${SOURCE_DIR}/${folder}")
  endif()
  foreach(header ${headers})
    list(APPEND contents "#include <evident/${header}>\n")
  endforeach()
endforeach()
if(TOGETHER)
  string(CONCAT contents ${contents} "#include <evident/evident.hpp>\n")
endif()

foreach(content ${contents})
  file(WRITE ${FILE} ${content})
  foreach(precision ${PRECISIONS})
    foreach(standard ${STANDARDS})
      execute_process(
        COMMAND ${COMPILER} -std=c++${standard} -DEVIDENT_${precision} -I ${INCLUDE} -fsyntax-only
          -Wall -Wextra -Wpedantic -Werror ${FILE}
        RESULT_VARIABLE result
        ERROR_VARIABLE message)
      if(NOT result EQUAL 0)
        message(FATAL_ERROR "as C++${standard} in ${precision}:\n${content}${message}")
      endif()
    endforeach()
  endforeach()
endforeach()
