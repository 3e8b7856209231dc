# Checks every #include of the tree against the layers of the house, and words that a layer must not use.
# ROOT is the tree. PLANTED=ON runs the checks on planted faults instead and expects each to be found.
cmake_minimum_required(VERSION 3.25)

set(std "<[a-z_0-9]+>")
set(c_std "<(stddef|stdint)\\.h>")

# The layer of a file, and a regex of what it may include. The first match counts.
function(allowed_includes file result)
  if(file MATCHES "^include/")
    set(allowed "${std}|${c_std}|\"fluxel/.*\"")
  elseif(file MATCHES "^kernels/cuda/")
    set(allowed "${std}|\"fluxel/.*\"|\"kernels/.*\"|<cuda[a-z_0-9]*\\.h>|<cub/.*>")
  elseif(file MATCHES "^kernels/cpu/")
    set(allowed "${std}|\"fluxel/.*\"|\"kernels/.*\"|\"hwy/.*\"|<oneapi/tbb/.*>")
  elseif(file MATCHES "^kernels/")
    set(allowed "${std}|\"fluxel/.*\"|\"kernels/([a-z_]+|common/.*)\\.hpp\"")
  elseif(file MATCHES "^host/plan/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/plan/.*\"|\"kernels/(kernels|common/.*)\\.hpp\"")
  elseif(file MATCHES "^host/video/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/video/.*\"|<lib(av|sw)[a-z]*/.*>|${posix}")
  elseif(file MATCHES "^host/cli/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/(video|cli)/.*\"|<CLI/.*>|${posix}")
  elseif(file STREQUAL "host/float_environment.hpp")  # one class for both halves
    set(allowed "\"kernels/common/float_environment\\.hpp\"")
  elseif(file MATCHES "^host/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/[^/]*\"|\"host/(plan|flow)/.*\"|\"kernels/kernels\\.hpp\"")
  elseif(file MATCHES "^bench/")  # rivals and tools are its own affair
    set(allowed "<.*>|\"fluxel/.*\"|\"bench/.*\"|\"[^/]*\"")
    if(file MATCHES "^bench/(flow|track)_")  # reads the files of the program
      string(APPEND allowed "|\"host/video/.*\"")
    endif()
    if(file STREQUAL "bench/flow_steps.cpp")  # measures the table's columns one by one
      string(APPEND allowed "|\"kernels/kernels\\.hpp\"")
    endif()
  elseif(file MATCHES "^examples/")
    set(allowed "${std}|\"fluxel/.*\"")
  elseif(file MATCHES "^tests/")  # what lies outside the halves is a test's own affair
    set(allowed "<.*>|\"fluxel/.*\"|\"host/plan/.*\"|\"kernels/kernels\\.hpp\"|\"[^/]*\"|\"(tests|emulation|scheduler|replay|hwy)/.*\"")
    if(file MATCHES "^tests/(emulation|replay|planted)/")  # device code needs the mark of device code
      string(APPEND allowed "|\"kernels/common/hd\\.hpp\"")
    endif()
    if(file MATCHES "^tests/host/(video|cli)/")  # the program is not part of the library
      string(APPEND allowed "|\"host/(video|cli)/.*\"")
    endif()
  endif()
  set(${result} "^(${allowed})$" PARENT_SCOPE)
endfunction()
set(posix "<(unistd|signal|fcntl|pthread|sys/[a-z]+|dirent|poll|termios|sched)\\.h>")

function(check_line file line result)
  set(${result} "" PARENT_SCOPE)
  string(REGEX REPLACE "//.*|long long" "" code "${line}")  # long long has 64 bits everywhere
  if(code MATCHES "^[ \t]*#[ \t]*include[ \t]*([<\"][^>\"]+[>\"])")
    set(included "${CMAKE_MATCH_1}")
    allowed_includes("${file}" allowed)
    if(NOT included MATCHES "${allowed}")
      set(${result} "includes ${included}" PARENT_SCOPE)
    endif()
  elseif(code MATCHES "#[ \t]*if.*FLUXEL_(HAS_)?CUDA([^_A-Z]|$)")
    set(${result} "asks for CUDA: the build picks the row" PARENT_SCOPE)
  elseif(file MATCHES "^(include|kernels)/" AND NOT code MATCHES "^[ \t]*/?\\*"
      AND code MATCHES "(^|[^A-Za-z0-9_\"])(long|__int128)([^A-Za-z0-9_]|$)")
    set(${result} "uses ${CMAKE_MATCH_2}, which differs between systems" PARENT_SCOPE)
  endif()
endfunction()

if(PLANTED)
  set(faults
    "include/fluxel/a.hpp|#include <unistd.h>" "include/fluxel/a.hpp|#include \"kernels/kernels.hpp\""
    "include/fluxel/a.hpp|#include <cuda_runtime.h>" "kernels/common/a.hpp|#include \"kernels/cpu/row.hpp\""
    "kernels/cpu/a.cpp|#include <cuda_runtime.h>" "kernels/cpu/a.cpp|#include \"host/views.hpp\""
    "kernels/cuda/a.cu|#include \"hwy/highway.h\"" "kernels/cpu/a.cpp|  unsigned long n = 0."
    "host/a.cpp|#include \"kernels/common/lerp.hpp\"" "host/a.cpp|#include <libavutil/frame.h>"
    "host/a.cpp|#include \"host/video/job.hpp\"" "host/video/a.cpp|#include \"kernels/kernels.hpp\""
    "host/cli/a.cpp|#include <libavutil/frame.h>" "host/cli/a.cpp|#include \"host/views.hpp\""
    "host/a.cpp|#ifdef FLUXEL_CUDA" "bench/a.cpp|#include \"kernels/kernels.hpp\""
    "tests/host/a.cpp|#include \"host/views.hpp\"" "tests/host/a.cpp|#include \"kernels/common/lerp.hpp\"")
  foreach(fault IN LISTS faults)
    string(REPLACE "|" ";" parts "${fault}")
    list(GET parts 0 file)
    list(GET parts 1 line)
    check_line("${file}" "${line}" problem)
    if(problem STREQUAL "")
      message(FATAL_ERROR "planted fault not found: ${file}: ${line}")
    endif()
  endforeach()
  return()
endif()

file(GLOB_RECURSE files RELATIVE ${ROOT}
  ${ROOT}/include/*.h* ${ROOT}/kernels/*.[hc]* ${ROOT}/host/*.[hc]* ${ROOT}/bench/*.[hc]* ${ROOT}/examples/*.[hc]*
  ${ROOT}/tests/*.[hc]*)
list(FILTER files EXCLUDE REGEX "(CMakeLists\\.txt|\\.cmake|\\.in)$")
set(problems "")
set(count 0)
foreach(file IN LISTS files)
  # Only lines that a check could speak about; brackets and semicolons would break CMake's lists.
  file(STRINGS ${ROOT}/${file} lines REGEX "#[ \t]*(include|if)|long|__int128")
  string(REGEX REPLACE "[][]" "." lines "${lines}")
  foreach(line IN LISTS lines)
    check_line("${file}" "${line}" problem)
    math(EXPR count "${count} + 1")
    if(NOT problem STREQUAL "")
      string(APPEND problems "  ${file}: ${problem}\n")
    endif()
  endforeach()
endforeach()
if(count LESS 200)
  message(FATAL_ERROR "only ${count} lines were looked at: is ROOT right?")
endif()
if(NOT problems STREQUAL "")
  message(FATAL_ERROR "layers crossed:\n${problems}")
endif()
message(STATUS "layering: ${count} lines")
