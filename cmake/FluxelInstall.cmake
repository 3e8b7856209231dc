# SPDX-License-Identifier: Apache-2.0
# Install rules: headers, the library, the program, the licence, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS fluxel EXPORT fluxelTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ ${PROJECT_BINARY_DIR}/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET fluxel_cli)
  install(TARGETS fluxel_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET fluxel_documents)
  set(documents ${PROJECT_BINARY_DIR}/documents)
  install(FILES ${documents}/fluxel.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${documents}/fluxel.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME fluxel)
  install(FILES ${documents}/_fluxel DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${documents}/fluxel.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

# What users of a static library must link themselves. The C++ runtime is the compiler's default where that is known.
set(FLUXEL_PACKAGE_STATIC ON)
if(BUILD_SHARED_LIBS)
  set(FLUXEL_PACKAGE_STATIC OFF)
endif()
set(FLUXEL_CXX_RUNTIME stdc++ m)
if(CMAKE_CXX_IMPLICIT_LINK_LIBRARIES)
  set(FLUXEL_CXX_RUNTIME ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
  list(FILTER FLUXEL_CXX_RUNTIME INCLUDE REGEX "^(stdc\\+\\+|c\\+\\+|c\\+\\+abi|m)$")
  list(REMOVE_DUPLICATES FLUXEL_CXX_RUNTIME)
endif()
set(FLUXEL_PC_REQUIRES "")
set(FLUXEL_PC_LIBS "")
if(FLUXEL_PACKAGE_STATIC)
  set(FLUXEL_PC_REQUIRES "tbb libhwy")
  list(TRANSFORM FLUXEL_CXX_RUNTIME PREPEND "-l" OUTPUT_VARIABLE runtime)
  list(JOIN runtime " " runtime)
  string(APPEND FLUXEL_PC_LIBS " ${runtime} -lpthread")
  if(FLUXEL_HAS_CUDA)  # where CUDA is on the user's machine, this machine cannot know
    string(APPEND FLUXEL_PC_LIBS " -lcudart_static -ldl -lrt")
  endif()
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fluxel)
configure_package_config_file(cmake/fluxelConfig.cmake.in fluxelConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(fluxelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/fluxelConfig.cmake ${PROJECT_BINARY_DIR}/fluxelConfigVersion.cmake
  DESTINATION ${package_dir})
install(EXPORT fluxelTargets NAMESPACE fluxel:: DESTINATION ${package_dir})

# The .pc file finds the prefix from its own place, so that an installed tree can be moved; folders that were given
# absolutely stay where they are.
file(RELATIVE_PATH to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
set(FLUXEL_PC_PREFIX "\${pcfiledir}/${to_prefix}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(FLUXEL_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
endif()
foreach(kind LIB INCLUDE)
  set(FLUXEL_PC_${kind}DIR "\${prefix}/${CMAKE_INSTALL_${kind}DIR}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}DIR}")
    set(FLUXEL_PC_${kind}DIR "${CMAKE_INSTALL_${kind}DIR}")
  endif()
endforeach()
configure_file(cmake/fluxel.pc.in fluxel.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/fluxel.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
