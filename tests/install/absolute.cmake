# SPDX-License-Identifier: Apache-2.0
# Folders that a packager gives absolutely, as some distributions do, reach the .pc file as they are. Configured only.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${WORK} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX} -DFLUXEL_CUDA=OFF
  -DFLUXEL_BUILD_CLI=OFF -DFLUXEL_BUILD_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/opt/fluxel
  -DCMAKE_INSTALL_LIBDIR=/srv/lib64 -DCMAKE_INSTALL_INCLUDEDIR=/srv/include)
set(ENV{PKG_CONFIG_PATH} ${WORK})
foreach(variable "prefix=/opt/fluxel" "libdir=/srv/lib64" "includedir=/srv/include")
  string(REGEX REPLACE "=.*" "" name ${variable})
  run(${PKG_CONFIG} --variable=${name} fluxel)
  string(STRIP "${output}" value)
  if(NOT "${name}=${value}" STREQUAL variable)
    message(FATAL_ERROR "fluxel.pc: ${name}=${value}, expected ${variable}")
  endif()
endforeach()
