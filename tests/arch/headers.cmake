# Every header must compile on its own. sonde_headers_alone(TARGET ROOT LIBRARY...) makes an object library of one
# source for each ROOT/*/*.h and ROOT/*.h; building it is the check, and ninja repeats only what a change concerns.
function(sonde_headers_alone target root)
  file(GLOB headers RELATIVE ${root} CONFIGURE_DEPENDS ${root}/*.h ${root}/*/*.h)
  if(NOT headers)
    return()
  endif()
  set(sources "")
  foreach(header IN LISTS headers)
    string(REPLACE "/" "_" name ${header})
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}/${name}.cpp)
    # Twice, so that a header without an include guard fails too.
    file(GENERATE OUTPUT ${source} CONTENT "#include \"${root}/${header}\"\n#include \"${root}/${header}\"\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_compile_options(${target} PRIVATE -O0 -g0)
  target_link_libraries(${target} PRIVATE ${ARGN})
endfunction()
