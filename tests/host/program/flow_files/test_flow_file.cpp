// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "host/program/video/failure.hpp"
#include "host/program/flow_files/flow_file.hpp"

namespace fluxel::video {
namespace {

class flow_file : public testing::Test {
 protected:
  flow_file()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("fluxel-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::create_directories(folder_);
  }
  ~flow_file() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  flow_field sample() const {
    flow_field f(3, 2);
    f.uv = {0, 0, -512, 511.984375f, 1.5f, -2.25f, 100, -100, unknown_flow, unknown_flow, 0.015625f, 0};
    return f;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(flow_file, flo_bytes) {
  flow_field f(2, 1);
  f.uv = {1, -2, 0.5f, 0};
  write_flo(f, path("a.flo"), "a.flo");
  std::ifstream file(path("a.flo"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::string expected("PIEH\2\0\0\0\1\0\0\0\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f\0\0\0\0", 28);
  EXPECT_EQ(bytes, expected);
}

TEST_F(flow_file, both_kinds_read_back) {
  write_flo(sample(), path("a.flo"), "a.flo");
  write_kitti(sample(), path("a.png"), "a.png");
  for (const char* name : {"a.flo", "a.png"}) {
    const flow_field f = read_flow(path(name));
    EXPECT_EQ(f.width, 3);
    EXPECT_EQ(f.height, 2);
    EXPECT_EQ(f.uv, sample().uv) << name;
  }
}

TEST_F(flow_file, kitti_names_the_vector_it_cannot_hold) {
  flow_field f = sample();
  for (const float value : {512.0f, -512.02f, 511.995f}) {
    f.uv[2 * 5 + 1] = value;  // x = 2, y = 1
    try {
      write_kitti(f, path("b.png"), "b.png");
      ADD_FAILURE() << value;
    } catch (const failure& e) {
      EXPECT_EQ(e.fault(), fault::output);
      EXPECT_NE(std::string(e.what()).find("x = 2, y = 1"), std::string::npos) << e.what();
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path("b.png")));
}

TEST_F(flow_file, a_full_disk_is_said) {
  EXPECT_THROW(write_flo(sample(), "/dev/full", "full.flo"), failure);
  EXPECT_THROW(write_flo(sample(), path("no/such/folder.flo"), "folder.flo"), failure);
}

}  // namespace
}  // namespace fluxel::video
