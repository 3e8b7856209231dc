# SPDX-License-Identifier: Apache-2.0
# FLUXEL_NATIVE: the CPU kernels for the best instruction set of this machine and as scalar formulas, for no others. The
# bytes are the same; the build is shorter. Sets FLUXEL_OTHER_TARGETS, Highway's names of what is left out, with a | after
# each. What it does not recognise is built as always.
option(FLUXEL_NATIVE "Build only for this machine's instruction set, a folder as one source: sooner done, not for packages" OFF)
set(FLUXEL_OTHER_TARGETS "")
if(FLUXEL_NATIVE AND EXISTS /proc/cpuinfo)
  file(STRINGS /proc/cpuinfo flags LIMIT_COUNT 1 REGEX "^flags")
  # fluxel_has(RESULT FLAGS...): whether the processor has all of them.
  function(fluxel_has result)
    set(${result} ON PARENT_SCOPE)
    foreach(flag IN LISTS ARGN)
      if(NOT "${flags} " MATCHES " ${flag} ")
        set(${result} OFF PARENT_SCOPE)
      endif()
    endforeach()
  endfunction()
  fluxel_has(avx2 avx2 fma bmi1 bmi2 f16c)
  fluxel_has(avx3 avx2 avx512f avx512bw avx512cd avx512dq avx512vl)
  fluxel_has(avx3_dl avx512_vnni avx512vbmi avx512_vbmi2 avx512_vpopcntdq avx512_bitalg gfni vaes vpclmulqdq)
  if(avx3 AND avx3_dl)
    set(FLUXEL_OTHER_TARGETS "HWY_AVX2|HWY_AVX3|HWY_SSE4|")
  elseif(avx3)
    set(FLUXEL_OTHER_TARGETS "HWY_AVX2|HWY_AVX3_DL|HWY_SSE4|")
  elseif(avx2)
    set(FLUXEL_OTHER_TARGETS "HWY_AVX3|HWY_AVX3_DL|HWY_SSE4|")
  endif()
endif()
