# SPDX-License-Identifier: Apache-2.0
# Install rules: headers, the library, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS fluxel EXPORT fluxelTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ ${PROJECT_BINARY_DIR}/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")

# What users of a static library must link themselves.
set(FLUXEL_PACKAGE_STATIC ON)
if(BUILD_SHARED_LIBS)
  set(FLUXEL_PACKAGE_STATIC OFF)
endif()
set(FLUXEL_PC_REQUIRES "")
set(FLUXEL_PC_LIBS "")
if(FLUXEL_PACKAGE_STATIC)
  set(FLUXEL_PC_REQUIRES "tbb libhwy")
  set(FLUXEL_PC_LIBS "-lstdc++ -lm -lpthread")
  if(FLUXEL_HAS_CUDA)
    get_filename_component(cuda_libraries "${CUDA_cudart_static_LIBRARY}" DIRECTORY)
    string(APPEND FLUXEL_PC_LIBS " -L${cuda_libraries} -lcudart_static -ldl -lrt")
  endif()
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fluxel)
configure_package_config_file(cmake/fluxelConfig.cmake.in fluxelConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(fluxelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/fluxelConfig.cmake ${PROJECT_BINARY_DIR}/fluxelConfigVersion.cmake
  DESTINATION ${package_dir})
install(EXPORT fluxelTargets NAMESPACE fluxel:: DESTINATION ${package_dir})

# From the .pc file to the prefix, so that an installed tree can be moved.
file(RELATIVE_PATH FLUXEL_PC_TO_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file(cmake/fluxel.pc.in fluxel.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/fluxel.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
