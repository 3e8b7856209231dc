// SPDX-License-Identifier: Apache-2.0
// `--decode nvdec` of the program on the emulated device.

#include <cstdlib>
#include <string_view>

#include "host/program/video/failure.hpp"
#include "host/program/video/job.hpp"
#include "tests/host/program/video/stand_in_decoder.hpp"

namespace fluxel::video {

namespace {

/// With FLUXEL_SURFACES=stay no picture may come back to the host.
class surfaces_that_stay : public stand_in_decoder {
 public:
  frame_ptr on_host(const AVFrame& picture) override {
    const char* rule = std::getenv("FLUXEL_SURFACES");
    if (rule != nullptr && std::string_view(rule) == "stay")
      throw failure(fault::internal, "a surface is copied to the host");
    return stand_in_decoder::on_host(picture);
  }
};

}  // namespace

std::shared_ptr<hardware_decoder> nvdec(int device) {
  auto decoder = std::make_shared<surfaces_that_stay>();
  decoder->number = device < 0 ? 0 : device;
  return decoder;
}

}  // namespace fluxel::video
