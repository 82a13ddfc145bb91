# Sets OUT to true if HEADER has an include guard and NAME.cpp beside it includes it before anything else: building the
# program has shown then that it compiles on its own.
function(sonde_stands_alone header root out)
  set(${out} FALSE PARENT_SCOPE)
  string(REGEX REPLACE "\\.h$" ".cpp" source ${root}/${header})
  if(NOT EXISTS ${source})
    return()
  endif()
  file(STRINGS ${source} includes REGEX "^#include" LIMIT_COUNT 1)
  file(STRINGS ${root}/${header} guards REGEX "^#pragma once$" LIMIT_COUNT 1)
  if(guards AND includes STREQUAL "#include \"${header}\"")
    set(${out} TRUE PARENT_SCOPE)
  endif()
endfunction()

# Every header must compile on its own. sonde_headers_alone(TARGET ROOT LIBRARY...) makes an object library of one
# source for each ROOT/*/*.h and ROOT/*.h of which that is not shown yet; building it is the check, and ninja repeats only
# what a change concerns.
function(sonde_headers_alone target root)
  file(GLOB headers RELATIVE ${root} CONFIGURE_DEPENDS ${root}/*.h ${root}/*/*.h)
  if(NOT headers)
    return()
  endif()
  set(sources "")
  foreach(header IN LISTS headers)
    sonde_stands_alone(${header} ${root} is_shown)
    if(is_shown)
      continue()
    endif()
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
