// SPDX-License-Identifier: Apache-2.0
#include "fluxel/copy_times.hpp"

#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" fluxel_status fluxel_time_of_copies(double* upload, double* download) {
  return run(__func__, [&] {
    const copy_times t = time_of_copies();
    required("upload", upload) = t.upload;
    required("download", download) = t.download;
  });
}
