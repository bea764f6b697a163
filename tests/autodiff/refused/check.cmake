# Compiles SOURCE with COMPILER and the directory INCLUDE, and fails unless the compiler does what
# the first line says: "// Refused: words of the message" or "// Accepted: ...".
file(STRINGS ${SOURCE} first LIMIT_COUNT 1)
execute_process(
  COMMAND ${COMPILER} -std=c++17 -fsyntax-only -DEVIDENT_F64 -isystem ${INCLUDE} ${SOURCE}
  RESULT_VARIABLE result
  ERROR_VARIABLE message)
if(first MATCHES "^// Accepted: ")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${SOURCE} does not compile:\n${message}")
  endif()
elseif(first MATCHES "^// Refused: (.+)$")
  set(words "${CMAKE_MATCH_1}")
  string(FIND "${message}" "${words}" found)
  if(result EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles, and must not")
  elseif(found EQUAL -1)
    message(FATAL_ERROR "the compiler's message does not say \"${words}\":\n${message}")
  endif()
else()
  message(FATAL_ERROR "${SOURCE} begins with neither \"// Refused: \" nor \"// Accepted: \"")
endif()
