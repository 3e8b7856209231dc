# SPDX-License-Identifier: Apache-2.0
# PROGRAM ROW prints the lines of PUBLISHED.
execute_process(COMMAND ${PROGRAM} ${ROW} OUTPUT_VARIABLE now RESULT_VARIABLE result)
file(READ ${PUBLISHED} published)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ${ROW}: exit ${result}")
elseif(NOT now STREQUAL published)
  message(FATAL_ERROR "${PROGRAM} ${ROW} differs from ${PUBLISHED}. When the bytes were meant to change: raise the "
    "operation's bytes_revision, say so in CHANGELOG.md and write the file anew.")
endif()
