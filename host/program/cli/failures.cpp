// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/failures.hpp"

#include <exception>
#include <new>

#include "fluxel/error.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::fault;

fault side_of(errc code) {
  switch (code) {
    case errc::invalid_argument:
      return fault::usage;
    case errc::no_device:
    case errc::device_failure:
    case errc::out_of_memory:
      return fault::device;
    default:
      return fault::internal;
  }
}

}  // namespace

told_failure current_failure() {
  try {
    throw;
  } catch (const video::failure& e) {
    return {static_cast<int>(e.fault()), e.what()};
  } catch (const fluxel::error& e) {
    return {static_cast<int>(side_of(e.code())), e.what()};
  } catch (const std::bad_alloc&) {
    return {static_cast<int>(fault::device), "out of memory"};
  } catch (const std::exception& e) {
    return {static_cast<int>(fault::internal), e.what()};
  }
}

}  // namespace fluxel::cli
