# Where SONDE_PRECOMPILE_HEADERS is on, what most sources include is parsed once: parsing is half of what compiling costs.
# It is off wherever else Sonde is built, for it hides that a file does not include what it uses.
if(SONDE_PRECOMPILE_HEADERS)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp "")
  add_library(sonde_precompiled OBJECT ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(sonde_precompiled PRIVATE sonde_flags vendor::json)
  target_precompile_headers(
    sonde_precompiled PRIVATE <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstdlib> <cstring> <functional>
    <map> <memory> <mutex> <nlohmann/json.hpp> <optional> <set> <span> <stop_token> <string> <string_view> <unordered_map>
    <utility> <variant> <vector>)
endif()

# ccache leaves alone what uses a precompiled header unless it is told that it may; clang's has a time in it that changes
# nothing but the key.
function(sonde_cache_precompiled target)
  target_compile_options(${target} PRIVATE "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  if(SONDE_CCACHE)
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${SONDE_CCACHE}")
  endif()
endfunction()

function(sonde_use_precompiled_headers target)
  if(SONDE_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM sonde_precompiled)
    sonde_cache_precompiled(${target})
  endif()
endfunction()

if(SONDE_PRECOMPILE_HEADERS)
  sonde_cache_precompiled(sonde_precompiled)
endif()
