# SPDX-License-Identifier: Apache-2.0
# Sourced by ./quickstart, ./check and tests/full: installs the Debian packages that are missing, and says which.
# fluxel_packages NAME... ; does nothing, and needs no network, when all are there.
fluxel_packages() {
  local missing=() name as_root=
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "These Debian packages (or their like on this system) are needed: ${missing[*]}" >&2
    return 1
  fi
  [ "$(id -u)" = 0 ] || as_root=sudo
  echo "Installing: ${missing[*]}"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

fluxel_build_packages=(g++ cmake ninja-build pkg-config libhwy-dev libtbb-dev
  libavfilter-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libcli11-dev ffmpeg)
fluxel_test_packages=(libgtest-dev libbenchmark-dev libdlpack-dev libboost-context-dev libopencv-dev clang python3 valgrind)
# Libraries that the benchmarks compare with, besides OpenCV.
fluxel_bench_packages=(libyuv-dev libzimg-dev libdnnl-dev)
# tests/full: other compilers, another standard library, AArch64.
fluxel_full_packages=(lld libc++-dev libc++abi-dev g++-aarch64-linux-gnu qemu-user)
