# SPDX-License-Identifier: Apache-2.0
# Checks every #include of the tree against the layers of the house, and words that a layer must not use.
# ROOT is the tree. PLANTED=ON runs the checks on planted faults instead and expects each to be found.
cmake_minimum_required(VERSION 3.25)

set(std "<[a-z_0-9]+>")
set(c_std "<(stddef|stdint|string)\\.h>")

# The rooms that a room of kernels/ may use, besides itself.
set(rooms_of_runtime "")
set(rooms_of_resize "runtime|")
set(rooms_of_conv_transpose "runtime|resize|")
set(rooms_of_flow "runtime|resize|")
set(rooms_of_sparse "runtime|resize|flow|")
set(rooms_of_metrics "runtime|")
set(rooms_of_warp "runtime|resize|flow|")

# The layer of a file, and a regex of what it may include. The first match counts.
function(allowed_includes file result)
  set(contract "${std}|\"fluxel/.*\"|\"kernels/contract/.*\"")
  # A comment in any other public header rebuilds no kernel.
  set(kernel_contract "${std}|\"fluxel/(types|coordinates|device_info|comparison_sums|flow_lengths)\\.hpp\"|\"kernels/contract/.*\"")
  set(core "${contract}|\"host/core/.*\"|\"host/plan/.*\"")
  set(rooms "[a-z_]*")
  if(file MATCHES "/runtime/table\\.[a-z]+$")  # lists what all rooms offer
    set(rooms "[a-z_]+")
  elseif(file MATCHES "^kernels/(common|scalar|cpu|cuda)/([a-z_]+)/")
    set(rooms "(${rooms_of_${CMAKE_MATCH_2}}${CMAKE_MATCH_2})")
  endif()
  if(file MATCHES "^include/")
    set(allowed "${std}|${c_std}|\"fluxel/.*\"")
    if(file MATCHES "/dlpack\\.h")  # for users of DLPack alone
      string(APPEND allowed "|<dlpack/dlpack\\.h>")
    endif()
  elseif(file MATCHES "^kernels/cuda/")
    set(allowed "${kernel_contract}|\"kernels/common/.*\"|\"kernels/cuda/${rooms}/.*\"|<cuda[a-z_0-9]*\\.h>|<cub/.*>")
  elseif(file MATCHES "^kernels/cpu/")
    set(allowed "${kernel_contract}|\"kernels/(common|scalar)/.*\"|\"kernels/cpu/${rooms}/.*\"|\"hwy/.*\"|<oneapi/tbb/.*>")
  elseif(file MATCHES "^kernels/scalar/")
    set(allowed "${kernel_contract}|\"kernels/common/.*\"|\"kernels/scalar/${rooms}/.*\"")
  elseif(file MATCHES "^kernels/common/")
    set(allowed "${kernel_contract}|\"kernels/common/${rooms}/.*\"")
  elseif(file MATCHES "^kernels/")
    set(allowed "${kernel_contract}")
  elseif(file MATCHES "^host/plan/")  # pure functions; the formulas that both halves know
    set(allowed "${contract}|\"host/plan/.*\"|\"kernels/common/.*\"")
  elseif(file STREQUAL "host/core/float_environment.hpp")  # one class for both halves
    set(allowed "\"kernels/common/runtime/float_environment\\.hpp\"")
  elseif(file MATCHES "^host/core/")
    set(allowed "${core}")
  elseif(file MATCHES "^host/(conv_transpose|resize)/")
    set(allowed "${core}|\"host/(conv_transpose|resize)/.*\"")
  elseif(file MATCHES "^host/(flow|sparse)/")
    set(allowed "${core}|\"host/(flow|sparse)/.*\"")
  elseif(file MATCHES "^host/metrics/")
    set(allowed "${core}|\"host/metrics/.*\"")
  elseif(file MATCHES "^host/motion/")
    set(allowed "${core}|\"host/motion/.*\"")
  elseif(file MATCHES "^host/warp/")
    set(allowed "${core}|\"host/(flow|resize|warp)/.*\"")
  elseif(file MATCHES "^host/c_api/")  # over the public C++ interface
    set(allowed "${std}|\"fluxel/.*\"|\"host/(c_api|core)/.*\"")
  elseif(file MATCHES "^host/program/video/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/program/video/.*\"|<lib(av|sw)[a-z]*/.*>|${posix}")
  elseif(file MATCHES "^host/program/flow_files/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/program/(video|flow_files)/.*\"")
  elseif(file MATCHES "^host/program/cli/")
    set(allowed "${std}|\"fluxel/.*\"|\"host/program/.*\"|<CLI/.*>|${posix}")
    if(file MATCHES "/commands/verify")
      string(APPEND allowed "|\"host/parity/(suite/suite|vectors/lines)\\.hpp\"")
    endif()
  elseif(file MATCHES "^host/parity/")  # beside the halves, for the tests and the program
    set(allowed "${contract}|\"host/plan/.*\"|\"host/parity/.*\"")
    if(file STREQUAL "host/parity/suite/float_environment.hpp")
      string(APPEND allowed "|<immintrin\\.h>")
    endif()
  elseif(file MATCHES "^bench/")  # rivals and tools are its own affair
    set(allowed "<.*>|\"fluxel/.*\"|\"bench/.*\"|\"[^/]*\"")
    if(file MATCHES "^bench/(flow|registration|track)_")  # reads the files of the program
      string(APPEND allowed "|\"host/program/.*\"")
    endif()
    if(file MATCHES "^bench/(flow_layers|segment_accuracy)\\.cpp$")  # the scenes that tests have
      string(APPEND allowed "|\"tests/support/(layered|moving)_scene\\.hpp\"")
    endif()
    if(file MATCHES "^bench/flow_(cuda_steps|steps|energy)\\.[ch]pp$")  # measures the functions of the table one by one
      string(APPEND allowed "|\"kernels/contract/.*\"")
    endif()
  elseif(file MATCHES "^examples/")
    set(allowed "${std}|\"fluxel/.*\"")
  elseif(file MATCHES "^tests/")  # what lies outside the halves is a test's own affair
    set(allowed "<.*>|\"fluxel/.*\"|\"host/plan/.*\"|\"kernels/contract/.*\"|\"[^/]*\"|\"(host/parity|tests|emulation|scheduler|replay|hwy)/.*\"")
    if(file MATCHES "^tests/host/motion/test_vote_grid\\.cpp$")  # only the votes tell what a result was chosen by
      string(APPEND allowed "|\"host/motion/vote_grid\\.hpp\"")
    endif()
    if(file MATCHES "^tests/host/core/test_object_memory\\.cpp$")  # no call tells what its memory began as
      string(APPEND allowed "|\"host/core/object_memory\\.hpp\"")
    endif()
    if(file MATCHES "^tests/kernels/common/flow/test_sorted_lists\\.cpp$")  # networks are proved one by one
      string(APPEND allowed "|\"kernels/common/flow/sorted_lists\\.inc\"")
    endif()
    if(file MATCHES "^tests/(emulation|replay|planted)/")  # device code needs the mark of device code
      string(APPEND allowed "|\"kernels/common/runtime/hd\\.hpp\"")
    endif()
    if(file MATCHES "^tests/host/program/")  # the program is not part of the library
      string(APPEND allowed "|\"host/program/.*\"")
    endif()
  endif()
  set(${result} "^(${allowed})$" PARENT_SCOPE)
endfunction()
set(posix "<(unistd|signal|fcntl|pthread|sys/[a-z]+|dirent|poll|termios|sched|malloc)\\.h>")

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
    "include/fluxel/a.hpp|#include <unistd.h>" "include/fluxel/a.hpp|#include \"kernels/contract/backend.hpp\""
    "include/fluxel/a.hpp|#include <cuda_runtime.h>"
    "kernels/contract/a.hpp|#include \"kernels/common/resize/lerp.hpp\""
    "kernels/contract/a.hpp|#include \"fluxel/resize_options.hpp\""
    "kernels/common/resize/a.hpp|#include \"kernels/cpu/runtime/table.hpp\""
    "kernels/common/resize/a.hpp|#include \"kernels/common/flow/equation.hpp\""
    "kernels/scalar/flow/a.cpp|#include \"kernels/cpu/flow/rows.hpp\""
    "kernels/cpu/resize/a.cpp|#include <cuda_runtime.h>" "kernels/cpu/resize/a.cpp|#include \"host/core/views.hpp\""
    "kernels/cpu/resize/a.cpp|#include \"kernels/cpu/flow/rows.hpp\""
    "kernels/cuda/flow/a.cu|#include \"hwy/highway.h\"" "kernels/cuda/flow/a.cu|#include \"kernels/cuda/sparse/sparse.cuh\""
    "kernels/cpu/resize/a.cpp|  unsigned long n = 0."
    "host/resize/a.cpp|#include \"kernels/common/resize/lerp.hpp\"" "host/resize/a.cpp|#include <libavutil/frame.h>"
    "host/resize/a.cpp|#include \"host/flow/pyramid.hpp\"" "host/core/a.cpp|#include \"host/resize/resizer.hpp\""
    "host/core/a.cpp|#include \"host/program/video/job.hpp\""
    "host/c_api/a.cpp|#include \"kernels/contract/backend.hpp\""
    "host/program/video/a.cpp|#include \"kernels/contract/backend.hpp\""
    "host/program/video/a.cpp|#include \"host/program/cli/options/values.hpp\""
    "host/program/cli/a.cpp|#include <libavutil/frame.h>" "host/program/cli/a.cpp|#include \"host/core/views.hpp\""
    "host/parity/cases/a.cpp|#include \"host/core/views.hpp\"" "host/parity/cases/a.cpp|#include \"tests/support/random.hpp\""
    "host/resize/a.cpp|#include \"host/parity/suite/case.hpp\"" "host/program/cli/commands/a.cpp|#include \"host/parity/suite/suite.hpp\"" "host/core/a.cpp|#ifdef FLUXEL_CUDA" "bench/a.cpp|#include \"kernels/contract/backend.hpp\""
    "tests/host/a.cpp|#include \"host/core/views.hpp\"" "tests/host/a.cpp|#include \"kernels/common/resize/lerp.hpp\"")
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
