# SPDX-License-Identifier: Apache-2.0
option(FLUXEL_JOIN_ROOMS "Compile the sources of a folder as one, as FLUXEL_NATIVE does: sooner done from scratch" OFF)

# fluxel_join_rooms(TARGET [REGEX]): with FLUXEL_NATIVE or FLUXEL_JOIN_ROOMS, the sources of a folder (those that match)
# are one unit for the compiler, so that it reads their headers once. Names of one folder then must not clash, also in
# unnamed namespaces.
function(fluxel_join_rooms target)
  if(NOT FLUXEL_NATIVE AND NOT FLUXEL_JOIN_ROOMS)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")  # objects of other targets are sources too
  if(ARGC GREATER 1)
    list(FILTER sources INCLUDE REGEX "${ARGV1}")
  endif()
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH room)
    string(MAKE_C_IDENTIFIER "${room}" room)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${room})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Types over others of unnamed namespaces: right in a source, and a warning where it is included.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endfunction()
