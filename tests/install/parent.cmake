# SPDX-License-Identifier: Apache-2.0
# A project that takes fluxel in by HOW: configured, and with BUILD=ON built, installed and run too.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(REMOVE_RECURSE ${WORK})
foreach(build_type "" Debug)
  run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/tests/install/consumers/parent -B ${WORK}/build_${build_type} -G ${GENERATOR}
    -DHOW=${HOW} -DFLUXEL_SOURCE=${SOURCE_DIR} -DEXAMPLE=${SOURCE_DIR}/examples/resize.cpp
    -DCMAKE_BUILD_TYPE=${build_type} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
endforeach()
# With the parent's own choice of linkage, and with fluxel's install rules asked for.
run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/tests/install/consumers/parent -B ${WORK}/build -G ${GENERATOR} -DHOW=${HOW}
  -DFLUXEL_SOURCE=${SOURCE_DIR} -DEXAMPLE=${SOURCE_DIR}/examples/resize.cpp -DBUILD_SHARED_LIBS=ON -DFLUXEL_INSTALL=ON
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
file(GLOB_RECURSE rules ${WORK}/build_Debug/*/cmake_install.cmake)
foreach(file IN LISTS rules)
  file(STRINGS ${file} lines REGEX "fluxel\\.hpp|libfluxel|LICENSE|fluxelConfig")
  if(lines)
    message(FATAL_ERROR "${file} installs fluxel, which its parent did not ask for: ${lines}")
  endif()
endforeach()
if(BUILD)
  run(${CMAKE_COMMAND} --build ${WORK}/build)
  run(${CMAKE_COMMAND} --install ${WORK}/build --prefix ${WORK}/prefix)
  run(${WORK}/build/consumer)
  expect_output("^0 128 255\n$")
  if(NOT EXISTS ${WORK}/prefix/include/fluxel/fluxel.hpp)
    message(FATAL_ERROR "FLUXEL_INSTALL=ON did not install fluxel")
  endif()
endif()
