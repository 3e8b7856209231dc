// SPDX-License-Identifier: Apache-2.0
// OpenCV's resize. INTER_LINEAR has the pixel centers of ours; of all its filters only INTER_AREA antialiases.
// OPENCV_CPU_DISABLE, which must be set before the program starts, holds it to an instruction set.
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

int flag_of(interpolation filter) {
  switch (filter) {
    case interpolation::nearest:
      return cv::INTER_NEAREST_EXACT;
    case interpolation::area:
      return cv::INTER_AREA;
    case interpolation::cubic:
      return cv::INTER_CUBIC;
    case interpolation::lanczos4:
      return cv::INTER_LANCZOS4;
    default:
      return cv::INTER_LINEAR;
  }
}

prepared_call prepare(const resize_task& task) {
  const int type = CV_MAKETYPE(task.type == element_type::u8 ? CV_8U : CV_32F, task.channels);
  std::vector<std::pair<cv::Mat, cv::Mat>> planes;
  for (int p = 0; p < task.planes; ++p) {
    auto* from = const_cast<char*>(static_cast<const char*>(task.from)) + p * task.src_pitch() * task.src.height;
    auto* to = static_cast<char*>(task.to) + p * task.dst_pitch() * task.dst.height;
    planes.emplace_back(cv::Mat(task.src.height, task.src.width, type, from),
                        cv::Mat(task.dst.height, task.dst.width, type, to));
  }
  return {[planes, threads = thread_count(task.threads), flag = flag_of(task.filter)]() mutable {
            cv::setNumThreads(threads);
            for (auto& [from, to] : planes) cv::resize(from, to, to.size(), 0, 0, flag);
          },
          {}};
}

const registered_rival opencv({"opencv", CV_VERSION, prepare});

}  // namespace
}  // namespace fluxel::bench
