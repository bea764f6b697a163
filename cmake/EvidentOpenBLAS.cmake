# OpenBLAS as the target evident::openblas, for the build and for the installed package: what is
# exported names the target, and each machine looks for its own library. Without one there is no
# target, and EVIDENT_OPENBLAS_MISSING says what to do.
if(NOT TARGET evident::openblas)
  find_library(EVIDENT_OPENBLAS openblas PATH_SUFFIXES openblas openblas-pthread
    DOC "The library of OpenBLAS")
  find_path(EVIDENT_CBLAS_INCLUDE cblas.h PATH_SUFFIXES openblas openblas-pthread
    DOC "The folder of OpenBLAS's cblas.h, for building Evident")
  mark_as_advanced(EVIDENT_OPENBLAS EVIDENT_CBLAS_INCLUDE)
  if(EVIDENT_OPENBLAS)
    add_library(evident::openblas UNKNOWN IMPORTED)
    set_target_properties(evident::openblas PROPERTIES IMPORTED_LOCATION ${EVIDENT_OPENBLAS})
    if(EVIDENT_CBLAS_INCLUDE)
      target_include_directories(evident::openblas INTERFACE ${EVIDENT_CBLAS_INCLUDE})
    endif()
  else()
    string(CONCAT EVIDENT_OPENBLAS_MISSING
      "Evident needs OpenBLAS, and there is no library of that name here. Install it (on Debian: "
      "apt-get install libopenblas-pthread-dev), or say where it is: "
      "-D EVIDENT_OPENBLAS=/path/to/libopenblas.so")
  endif()
endif()
