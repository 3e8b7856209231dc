// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "host/program/flow_files/flow_dataset.hpp"

namespace fluxel::video {
namespace {

namespace fs = std::filesystem;

class flow_dataset : public testing::Test {
 protected:
  flow_dataset() { fs::remove_all(root_); }
  ~flow_dataset() override { fs::remove_all(root_); }

  void make(std::initializer_list<const char*> files) {
    for (const char* name : files) {
      fs::create_directories((root_ / name).parent_path());
      std::ofstream(root_ / name) << "x";
    }
  }
  std::vector<flow_example> found(const char* below = "") const {
    return find_flow_examples((root_ / below).string());
  }
  std::vector<std::string> names(const char* below = "") const {
    std::vector<std::string> out;
    for (const flow_example& e : found(below)) out.push_back(e.name);
    return out;
  }
  std::string at(const char* name) const { return (root_ / name).string(); }

 private:
  fs::path root_ = fs::path(testing::TempDir()) /
                   ("fluxel-dataset-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

using list = std::vector<std::string>;

TEST_F(flow_dataset, folders_of_pairs) {
  make({"B/frame10.png", "B/frame11.png", "B/flow10.flo", "A/frame10.png", "A/frame11.png", "A/flow10.flo",
        "no_truth/frame10.png", "no_truth/frame11.png", "one/frame10.png", "one/flow10.flo", "file"});
  EXPECT_EQ(names(), (list{"A", "B"}));
  const flow_example a = found().front();
  EXPECT_EQ(a.first, at("A/frame10.png"));
  EXPECT_EQ(a.second, at("A/frame11.png"));
  ASSERT_EQ(a.truths.size(), 1u);
  EXPECT_EQ(a.truths[0].path, at("A/flow10.flo"));
}

TEST_F(flow_dataset, middlebury) {
  make({"other-data/Venus/frame10.png", "other-data/Venus/frame11.png", "other-data-gray/Venus/frame10.png",
        "other-data-gray/Venus/frame11.png", "other-data/Walking/frame10.png", "other-data/Walking/frame11.png",
        "other-gt-flow/Venus/flow10.flo"});
  EXPECT_EQ(names(), (list{"Venus", "Venus grey"}));
  EXPECT_EQ(found()[1].first, at("other-data-gray/Venus/frame10.png"));
  EXPECT_EQ(found()[1].truths[0].path, at("other-gt-flow/Venus/flow10.flo"));
}

TEST_F(flow_dataset, kitti) {
  make({"training/image_2/000001_10.png", "training/image_2/000001_11.png", "training/image_2/000002_10.png",
        "training/image_2/000002_11.png", "training/image_0/000001_10.png", "training/image_0/000001_11.png",
        "training/image_2/000003_10.png", "training/flow_occ/000001_10.png", "training/flow_noc/000001_10.png",
        "training/flow_noc/000002_10.png", "training/flow_occ/000003_10.png"});
  EXPECT_EQ(names(), (list{"000001 image_0", "000001 image_2", "000002 image_2"}));
  EXPECT_EQ(names("training"), names());
  const auto all = found();
  EXPECT_EQ(all[1].second, at("training/image_2/000001_11.png"));
  ASSERT_EQ(all[1].truths.size(), 2u);
  EXPECT_EQ(all[1].truths[0].label, "occ");
  EXPECT_EQ(all[1].truths[0].path, at("training/flow_occ/000001_10.png"));
  EXPECT_EQ(all[1].truths[1].label, "noc");
  ASSERT_EQ(all[2].truths.size(), 1u);
  EXPECT_EQ(all[2].truths[0].label, "noc");
}

TEST_F(flow_dataset, sintel) {
  make({"training/clean/alley_1/frame_0009.png", "training/clean/alley_1/frame_0010.png",
        "training/clean/alley_1/frame_0011.png", "training/final/alley_1/frame_0009.png",
        "training/final/alley_1/frame_0010.png", "training/flow/alley_1/frame_0009.flo",
        "training/flow/alley_1/frame_0010.flo", "training/clean/alley_1/notes.txt"});
  EXPECT_EQ(names(), (list{"clean alley_1/frame_0009", "clean alley_1/frame_0010", "final alley_1/frame_0009"}));
  EXPECT_EQ(found()[0].second, at("training/clean/alley_1/frame_0010.png"));
  EXPECT_EQ(found()[2].truths[0].path, at("training/flow/alley_1/frame_0009.flo"));
}

TEST_F(flow_dataset, nothing) {
  EXPECT_TRUE(found().empty());
  make({"a/b"});
  EXPECT_TRUE(found().empty());
}

}  // namespace
}  // namespace fluxel::video
