# SPDX-License-Identifier: Apache-2.0
# The README shows examples/resize.cpp, word for word, without its line of licence.
file(READ ${ROOT}/README.md readme)
file(READ ${ROOT}/examples/resize.cpp example)
string(REGEX REPLACE "^// SPDX-License-Identifier[^\n]*\n" "" example "${example}")
string(FIND "${readme}" "${example}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "README.md does not show examples/resize.cpp as it is")
endif()
