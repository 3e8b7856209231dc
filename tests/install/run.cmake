# SPDX-License-Identifier: Apache-2.0
# Installs the build tree BINARY_DIR, then builds and runs users' projects against it: by find_package and by
# pkg-config, in C++ and in C. LIBDIR is the library directory below the prefix; WORK is emptied.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "failed (${code}): ${ARGN}\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

function(expect_output pattern)
  if(NOT output MATCHES "${pattern}")
    message(FATAL_ERROR "expected ${pattern}, got: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/prefix)  # an installed tree can be moved
set(prefix ${WORK}/prefix)
set(example ${SOURCE_DIR}/examples/resize.cpp)

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
set(rpath -Wl,-rpath,${prefix}/${LIBDIR})
run(${CXX} -std=c++20 ${example} -o ${WORK}/pc_cpp ${flags} ${rpath})
run(${WORK}/pc_cpp)
expect_output("^0 128 255\n$")
run(${CC} -std=c99 ${SOURCE_DIR}/tests/install/consumers/c/main.c -o ${WORK}/pc_c ${flags} ${rpath})
run(${WORK}/pc_c)
expect_output("^0 25 75 100\n$")
