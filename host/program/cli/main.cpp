// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <new>

#include "fluxel/error.hpp"
#include "host/program/cli/options/arguments.hpp"
#include "host/program/video/failure.hpp"

namespace {

using fluxel::video::fault;

int report(fault side, const char* message) {
  std::fprintf(stderr, "fluxel: %s\n", message);
  return static_cast<int>(side);
}

fault side_of(fluxel::errc code) {
  switch (code) {
    case fluxel::errc::invalid_argument:
      return fault::usage;
    case fluxel::errc::no_device:
    case fluxel::errc::device_failure:
    case fluxel::errc::out_of_memory:
      return fault::device;
    default:
      return fault::internal;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto command = fluxel::cli::read_arguments(argc, argv);
    return command ? command() : 0;
  } catch (const fluxel::video::failure& e) {
    return report(e.fault(), e.what());
  } catch (const fluxel::error& e) {
    return report(side_of(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    return report(fault::device, "out of memory");
  } catch (const std::exception& e) {
    return report(fault::internal, e.what());
  }
}
