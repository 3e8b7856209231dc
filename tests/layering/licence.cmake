# SPDX-License-Identifier: Apache-2.0
# Every source names its licence at the top. ROOT is the tree.
cmake_minimum_required(VERSION 3.25)

set(patterns "")
foreach(folder cmake include kernels host bench examples tests)
  list(APPEND patterns ${ROOT}/${folder}/*.cpp ${ROOT}/${folder}/*.[hc] ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cu
    ${ROOT}/${folder}/*.cuh ${ROOT}/${folder}/*.inc ${ROOT}/${folder}/*.py ${ROOT}/${folder}/*.sh
    ${ROOT}/${folder}/*.cmake ${ROOT}/${folder}/*.in ${ROOT}/${folder}/CMakeLists.txt)
endforeach()
file(GLOB_RECURSE files RELATIVE ${ROOT} ${patterns})
list(LENGTH files count)
if(count LESS 400)
  message(FATAL_ERROR "only ${count} sources were found: is ROOT right?")
endif()
set(missing "")
foreach(file IN LISTS files)
  file(STRINGS ${ROOT}/${file} line LIMIT_COUNT 1 REGEX "SPDX-License-Identifier: Apache-2\\.0")
  if(line STREQUAL "")
    string(APPEND missing "  ${file}\n")
  endif()
endforeach()
if(NOT missing STREQUAL "")
  message(FATAL_ERROR "sources without the line SPDX-License-Identifier: Apache-2.0:\n${missing}")
endif()
