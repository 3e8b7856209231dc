# SPDX-License-Identifier: Apache-2.0
# PkgConfig::FFMPEG: the libraries of FFmpeg 5.1 or newer. Only the program uses them, never the library.
pkg_check_modules(FFMPEG IMPORTED_TARGET GLOBAL
  libavfilter>=8.44 libavformat>=59.27 libavcodec>=59.37 libavutil>=57.28 libswscale>=6.7)
find_package(CLI11 QUIET)
if(NOT FFMPEG_FOUND OR NOT CLI11_FOUND)
  message(FATAL_ERROR "The fluxel program needs FFmpeg 5.1 or newer (libavfilter-dev, libavformat-dev, libavcodec-dev, libswscale-dev) "
    "and CLI11 (libcli11-dev). Install them, or build the library alone with -DFLUXEL_BUILD_CLI=OFF.")
endif()
