// SPDX-License-Identifier: Apache-2.0
#include "fluxel/global_motion.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "host/core/errors.hpp"
#include "host/core/float_environment.hpp"
#include "host/core/views.hpp"
#include "host/motion/robust_fit.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site site{"fit_global_motion"};

void check_options(const motion_options& o) {
  if (!is_one_of(o.model, motion_model::homography))
    reject(site, "options.model", "is not one of translation, similarity, affine and homography");
  if (!(o.threshold > 0 && o.threshold <= 1000))
    reject(site, "options.threshold", "is " + std::to_string(o.threshold) + "; must be above 0, to 1000");
  if (o.max_trials < 1 || o.max_trials > 1'000'000)
    reject(site, "options.max_trials", "is " + std::to_string(o.max_trials) + "; must be 1 to 1,000,000");
  if (!(o.confidence > 0 && o.confidence < 1))
    reject(site, "options.confidence", "is " + std::to_string(o.confidence) + "; must be between 0 and 1");
}

bool is_near(const point2d& p) { return std::abs(p.x) <= 0x1p20 && std::abs(p.y) <= 0x1p20; }

void check_flow(const image_view<const f32>& flow, const image_view<const u8>& validity) {
  const bool interleaved = flow.channels == 2 && flow.planes == 1, planar = flow.channels == 1 && flow.planes == 2;
  check_view(site, "flow", erase(flow));
  if (!interleaved && !planar) reject(site, "flow", "must have 2 channels, or 2 planes of one");
  if (flow.count != 1) reject(site, "flow.count", "must be 1");
  if (flow.memory == memory_kind::device) reject(site, "flow.memory", "is a device's; must be the host's");
  if (validity.data == nullptr) return;
  check_view(site, "validity", erase(validity));
  if (validity.channels != 1 || validity.planes != 1 || validity.count != 1)
    reject(site, "validity", "must be one image of one channel");
  if (validity.width != flow.width || validity.height != flow.height)
    reject(site, "validity", "is not as large as flow");
  if (validity.memory == memory_kind::device) reject(site, "validity.memory", "is a device's; must be the host's");
}

template <class T>
const T* plane_row(const image_view<const T>& v, int plane, int y) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(v.data) + plane * v.plane_stride + y * v.pitch);
}

/// Distance of the vectors that are read, so that there are at most 4096.
int grid_step(int width, int height) {
  int step = 1;
  while (std::int64_t{(width + step - 1) / step} * ((height + step - 1) / step) > 4096) ++step;
  return step;
}

std::vector<point_pair> pairs_of(const image_view<const f32>& flow, const image_view<const u8>& validity) {
  const int step = grid_step(flow.width, flow.height);
  std::vector<point_pair> pairs;
  for (int y = (step - 1) / 2; y < flow.height; y += step)
    for (int x = (step - 1) / 2; x < flow.width; x += step) {
      if (validity.data != nullptr && plane_row(validity, 0, y)[x] != 0) continue;
      const float u = plane_row(flow, 0, y)[flow.channels * x];
      const float v = flow.channels == 2 ? plane_row(flow, 0, y)[2 * x + 1] : plane_row(flow, 1, y)[x];
      const point_pair pair{{double(x), double(y)}, {double(x) + u, double(y) + v}};
      if (is_near(pair.to)) pairs.push_back(pair);
    }
  return pairs;
}

}  // namespace
}  // namespace host

inline namespace v0 {

global_motion fit_global_motion(std::span<const point> from, std::span<const point> to,
                                std::span<const track_status> status, const motion_options& options,
                                std::span<u8> inliers) {
  using host::reject, host::site;
  host::check_options(options);
  const auto check_length = [&](const char* name, std::size_t length) {
    if (length != from.size())
      reject(site, name, "has " + std::to_string(length) + " elements, but from has " + std::to_string(from.size()));
  };
  check_length("to", to.size());
  if (!status.empty()) check_length("status", status.size());
  if (!inliers.empty()) check_length("inliers", inliers.size());
  return host::translate_bad_alloc(site.function, [&] {
    const host::default_float_environment guard;
    const auto pair_at = [&](std::size_t i) { return host::point_pair{{from[i].x, from[i].y}, {to[i].x, to[i].y}}; };
    const auto counts = [&](std::size_t i) {
      const host::point_pair pair = pair_at(i);
      return (status.empty() || status[i] == track_status::tracked) && host::is_near(pair.from) &&
             host::is_near(pair.to);
    };
    std::vector<host::point_pair> pairs;
    for (std::size_t i = 0; i < from.size(); ++i)
      if (counts(i)) pairs.push_back(pair_at(i));
    const global_motion result = host::fit_motion(pairs, options);
    const double cut_off = options.threshold * options.threshold;
    for (std::size_t i = 0; i < inliers.size(); ++i)
      inliers[i] = result.inliers > 0 && counts(i) && host::squared_distance(result.matrix, pair_at(i)) < cut_off;
    return result;
  });
}

global_motion fit_global_motion(const image_view<const f32>& flow, const image_view<const u8>& validity,
                                const motion_options& options) {
  host::check_options(options);
  host::check_flow(flow, validity);
  return host::translate_bad_alloc(host::site.function, [&] {
    const host::default_float_environment guard;
    return host::fit_motion(host::pairs_of(flow.unpacked(), validity.unpacked()), options);
  });
}

}  // namespace v0
}  // namespace fluxel
