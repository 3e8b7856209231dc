# SPDX-License-Identifier: Apache-2.0
# Installs the build tree BINARY_DIR, then builds and runs users' projects against it: by find_package and by
# pkg-config, in C++ and in C. LIBDIR is the library directory below the prefix; WORK is emptied. CUDA_LIBRARIES: where
# libcudart_static.a is, when the library is static and has CUDA kernels.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/prefix)  # an installed tree can be moved
set(prefix ${WORK}/prefix)
set(example ${SOURCE_DIR}/examples/resize.cpp)
if(NOT EXISTS ${prefix}/share/doc/fluxel/LICENSE)
  message(FATAL_ERROR "the licence was not installed")
endif()
if(EXISTS ${prefix}/bin/fluxel)
  foreach(document man/man1/fluxel.1 bash-completion/completions/fluxel zsh/site-functions/_fluxel
      fish/vendor_completions.d/fluxel.fish)
    if(NOT EXISTS ${prefix}/share/${document})
      message(FATAL_ERROR "${document} was not installed")
    endif()
  endforeach()
endif()
# The program proves on its own that its backends agree: it knows no folder of the sources.
if(EXISTS ${prefix}/bin/fluxel)
  file(STRINGS ${prefix}/bin/fluxel folders REGEX "${SOURCE_DIR}" LIMIT_COUNT 1)
  if(folders)
    message(FATAL_ERROR "the program names a folder of this machine: ${folders}")
  endif()
  set(working_directory /)
  run(${prefix}/bin/fluxel verify --seconds 5)
  expect_output("\nEQUAL: [0-9]+ operations, [0-9]+ cases, [0-9]+ bytes compared, [0-9]+ published vectors\n")
  run(${prefix}/bin/fluxel verify --seconds 1 --only warp --json -o ${WORK}/certificate.json)
  file(READ ${WORK}/certificate.json certificate)
  string(JSON equal GET "${certificate}" equal)
  if(NOT equal STREQUAL "yes")
    message(FATAL_ERROR "the certificate: ${certificate}")
  endif()
  unset(working_directory)
endif()
# Files of the package that name a folder of the machine that built it.
file(GLOB_RECURSE package ${prefix}/*.pc ${prefix}/*.cmake)
foreach(file IN LISTS package)
  file(STRINGS ${file} lines REGEX "[-]L/|/usr/local/|${SOURCE_DIR}")
  if(lines)
    message(FATAL_ERROR "${file} names a folder of this machine: ${lines}")
  endif()
endforeach()

foreach(language cpp c)
  run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/tests/install/consumers/${language} -B ${WORK}/${language} -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${prefix} -DEXAMPLE=${example} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_C_COMPILER=${CC}
    -DCMAKE_BUILD_TYPE=Release)
  run(${CMAKE_COMMAND} --build ${WORK}/${language})
  run(${WORK}/${language}/consumer)
  expect_output("^(0 128 255|0 25 75 100)\n$")
endforeach()

set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
run(${PKG_CONFIG} --cflags --libs fluxel)
separate_arguments(flags UNIX_COMMAND "${output}")
set(ENV{LIBRARY_PATH} "${CUDA_LIBRARIES}")  # fluxel.pc leaves this to the user
set(rpath -Wl,-rpath,${prefix}/${LIBDIR})
run(${CXX} -std=c++20 ${example} -o ${WORK}/pc_cpp ${flags} ${rpath})
run(${WORK}/pc_cpp)
expect_output("^0 128 255\n$")
run(${CC} -std=c99 ${SOURCE_DIR}/tests/install/consumers/c/main.c -o ${WORK}/pc_c ${flags} ${rpath})
run(${WORK}/pc_c)
expect_output("^0 25 75 100\n$")
