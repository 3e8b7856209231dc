# SPDX-License-Identifier: Apache-2.0
# fluxel_parity: the flags that keep bits equal; every translation unit of the project has them.
# Compilers contract a * b + c to fma by default; the contract allows fma only where it is written.
add_library(fluxel_parity INTERFACE)
target_compile_options(fluxel_parity INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-ffp-contract=off -fno-math-errno -fno-trapping-math>
  $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false -ftz=false -prec-div=true -prec-sqrt=true
    -Xcompiler=-ffp-contract=off>)
target_include_directories(fluxel_parity INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include
  ${PROJECT_BINARY_DIR}/include)

add_library(fluxel_warnings INTERFACE)
target_compile_options(fluxel_warnings INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Wall -Wextra -Wno-missing-field-initializers>)

# fluxel_sanitizer: FLUXEL_SANITIZE instruments the emulated kernels, the emulator and the tests. The SIMD path is left
# alone: its vector loads past the last pixel of a row are not what is looked for.
set(FLUXEL_SANITIZE "" CACHE STRING "Sanitizer of the emulated kernels: address,undefined or thread or memory (clang)")
add_library(fluxel_sanitizer INTERFACE)
if(FLUXEL_SANITIZE)
  target_compile_options(fluxel_sanitizer INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${FLUXEL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1>
    # Instrumented code costs the compiler most of its time in what -O1 leaves out.
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>)
  target_link_options(fluxel_sanitizer INTERFACE -fsanitize=${FLUXEL_SANITIZE})
endif()
