# sonde_batch_sources(OUTPUT NAME HEADERS SOURCE...): sets OUTPUT to the sources, or where SONDE_BATCH_SOURCES is on, to
# what compiles several of them at a time: parsing the headers costs more than the rest. HEADERS are the directories of
# the headers they include, with colons. Which go together is seen when cmake runs: after a name clash, run it again.
function(sonde_batch_sources output name headers)
  set(batches ${ARGN})
  if(SONDE_BATCH_SOURCES)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    execute_process(
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/scripts/lib/batch_sources.py ${CMAKE_CURRENT_BINARY_DIR}/${name}
              ${headers} ${ARGN}
      OUTPUT_VARIABLE batches OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" batches "${batches}")
  endif()
  set(${output} ${batches} PARENT_SCOPE)
endfunction()
