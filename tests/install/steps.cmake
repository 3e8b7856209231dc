# SPDX-License-Identifier: Apache-2.0
# run(COMMAND...): runs it in `working_directory`, where that is set, keeps what it printed in `output`, and fails with it.
function(run)
  set(where "")
  if(DEFINED working_directory)
    set(where WORKING_DIRECTORY ${working_directory})
  endif()
  execute_process(COMMAND ${ARGN} ${where} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
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
