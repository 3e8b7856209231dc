// SPDX-License-Identifier: Apache-2.0
// Pictures that a device decodes, by a stand-in for its decoder: NV12 in the device's memory, which transforms read
// there, or which come back to the host for those that do not.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/device_frame.hpp"
#include "fluxel/resizer.hpp"
#include "host/program/video/device/device_ring.hpp"
#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/job.hpp"
#include "tests/host/program/video/stand_in_decoder.hpp"

namespace fluxel::video {
namespace {

constexpr int width = 46, height = 34, pictures = 9;
constexpr size smaller{31, 22};

/// A raw clip of planar 4:2:0.
void write_clip(const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  out << "YUV4MPEG2 W" << width << " H" << height << " F25:1 Ip A1:1 C420jpeg\n";
  unsigned n = 1;
  for (int p = 0; p < pictures; ++p) {
    out << "FRAME\n";
    for (int i = 0; i < width * height * 3 / 2; ++i) out.put(char((n = n * 1664525 + 1013904223) >> 24));
  }
}

/// A CPU decoder whose pictures become NV12 in host memory.
class host_nv12 : public hardware_decoder {
 public:
  void attach(AVCodecContext&, const AVCodec&) override {}
  frame_ptr accept(frame_ptr decoded) override { return surface_samples(*decoded); }
  int device() const override { return 0; }
  frame_ptr on_host(const AVFrame&) override { throw failure(fault::internal, "nothing is on a device"); }
};

/// Resizes on the CPU, or on the device through a ring.
class halve : public frame_transform {
 public:
  explicit halve(bool there) : there_(there) {}
  std::optional<int> reads_device() const override { return there_ ? std::optional(0) : std::nullopt; }
  picture_info plan(const picture_info& in) override {
    resize_.emplace(in.format, smaller, resize_options{.filter = filter::bicubic});
    if (there_)
      ring_.emplace(-1, "resize", [this](const auto& from, const auto& to) {
        memory = from.memory;
        return device_job{from, to, [this](const auto& a, const auto& b, stream_ref s) { resize_->run(a, b, s); }};
      });
    picture_info out = in;
    out.format.width = smaller.width, out.format.height = smaller.height;
    return out;
  }
  frame_ring* ring() override { return ring_ ? &*ring_ : nullptr; }
  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    memory = in.memory;
    resize_->run(in, out);
    return true;
  }
  memory_kind memory = memory_kind::host;

 private:
  bool there_;
  std::optional<resizer> resize_;
  std::optional<device_ring> ring_;
};

class HardwareFrames : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << no_device_reason();
    folder_ = std::filesystem::temp_directory_path() / ("fluxel-hardware-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder_);
    write_clip(path("in.y4m"));
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    EXPECT_EQ(stand_in_decoder::held, 0);
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  /// The checksums of every frame.
  std::string run_with(std::shared_ptr<hardware_decoder> decoder, frame_transform& transform,
                       deinterlacing deinterlace = deinterlacing::none) {
    input_options in{.name = path("in.y4m")};
    in.hardware = std::move(decoder);
    in.deinterlace = deinterlace;
    output_options out{.name = path("out.mkv"), .path = path("out.mkv")};
    out.codec = "ffv1";
    out.frame_md5 = path("md5");
    monitor quiet;
    run(in, out, transform, quiet);
    std::ifstream sums(path("md5"));
    return {std::istreambuf_iterator<char>(sums), {}};
  }
  std::filesystem::path folder_;
};

TEST_F(HardwareFrames, StayOnTheDevice) {
  halve here(false), there(true);
  const std::string want = run_with(std::make_shared<host_nv12>(), here);
  const auto decoder = std::make_shared<stand_in_decoder>();
  EXPECT_EQ(run_with(decoder, there), want);
  EXPECT_EQ(there.memory, memory_kind::device);
  EXPECT_EQ(decoder->brought_back, 0);
  EXPECT_LE(decoder->most, hardware_decoder::most_held);
  EXPECT_NE(want.find("nv12"), std::string::npos);
  EXPECT_EQ(std::count(want.begin(), want.end(), '\n') >= pictures, true);
}

TEST_F(HardwareFrames, ComeBackForWhatDoesNotReadThem) {
  halve here(false), there(false);
  const std::string want = run_with(std::make_shared<host_nv12>(), here);
  const auto decoder = std::make_shared<stand_in_decoder>();
  EXPECT_EQ(run_with(decoder, there), want);
  EXPECT_EQ(there.memory, memory_kind::host);
  EXPECT_EQ(decoder->brought_back, pictures);
}

TEST_F(HardwareFrames, ComeBackForTheDeinterlacer) {
  halve here(false), there(true);
  const std::string want = run_with(std::make_shared<host_nv12>(), here, deinterlacing::all);
  const auto decoder = std::make_shared<stand_in_decoder>();
  EXPECT_EQ(run_with(decoder, there, deinterlacing::all), want);
  EXPECT_EQ(decoder->brought_back, pictures);
}

/// Fails with a picture in the middle of the ring.
class failing : public halve {
 public:
  using halve::halve;
  void set_time(double seconds) override {
    if (seconds > 0.2) throw failure(fault::input, "planted");
  }
};

TEST_F(HardwareFrames, AreGivenBackAfterAnError) {
  failing there(true);
  EXPECT_THROW(run_with(std::make_shared<stand_in_decoder>(), there), failure);
}

}  // namespace
}  // namespace fluxel::video
