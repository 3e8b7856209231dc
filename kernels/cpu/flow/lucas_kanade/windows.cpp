// SPDX-License-Identifier: Apache-2.0
// Lucas-Kanade windows on the CPU. A band moves down the image and keeps the sums over the rows of its windows, one
// per column: boxes let a row enter and another leave, so that their cost does not depend on their size.

#include "kernels/cpu/flow/lucas_kanade/windows.hpp"

#include <algorithm>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

/// Memory of rows of sums; all 0 at first.
class window_rows {
 public:
  window_rows(int width, int rows)
      : pitch_((width + window_row_room + 15) / 16 * 16), a_(3 * pitch_ * rows), b_(2 * pitch_ * rows) {}

  window_row operator[](int i) {
    std::int32_t* a = a_.data() + 3 * pitch_ * i;
    double* b = b_.data() + 2 * pitch_ * i;
    return {a, a + pitch_, a + 2 * pitch_, b, b + pitch_};
  }
  void clear(int i) {
    std::fill_n(a_.data() + 3 * pitch_ * i, 3 * pitch_, 0);
    std::fill_n(b_.data() + 2 * pitch_ * i, 2 * pitch_, 0.0);
  }

 private:
  std::ptrdiff_t pitch_;
  working_vector<std::int32_t> a_;
  working_vector<double> b_;
};

window_row shifted(const window_row& row, int elements) {
  return {row.a11 + elements, row.a12 + elements, row.a22 + elements, row.b1 + elements, row.b2 + elements};
}

class window_band {
 public:
  window_band(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
              const flow_windows& windows, const flow_exchange& flow, int n)
      : frames_(frames),
        warped_(warped),
        energy_(energy),
        windows_(windows),
        flow_(flow),
        n_(n),
        width_(frames.prev.width),
        height_(frames.prev.height),
        side_(2 * windows.radius + 1),
        slopes_(frames, warped, n),
        known_(width_ + row_room),
        rows_(width_, side_ + 1),
        sums_(width_, 2) {}

  void run(int first, int last) {
    const int r = windows_.radius;
    for (int y = std::max(first - r, 0); y < std::min(first + r, height_); ++y) enter(y, first);
    for (int y = first; y < last; ++y) {
      if (y + r < height_)
        enter(y + r, first);
      else if (box() && y - r - 1 >= std::max(first - r, 0))
        functions_.add(row(y - r - 1), -1, width_, columns());
      if (!box()) weigh_rows(y);
      functions_.across(sums_[0], windows_, width_, sums_[1]);
      const float* smaller = windows_.smaller.data == nullptr ? nullptr : row_at(windows_.smaller, n_, y);
      functions_.solve(sums_[1],
                       {row_at(flow_.from.u, n_, y), row_at(flow_.from.v, n_, y), smaller, row_at(flow_.to.u, n_, y),
                        row_at(flow_.to.v, n_, y)},
                       windows_, width_);
    }
  }

 private:
  bool box() const { return windows_.weights.empty(); }
  window_row row(int y) { return rows_[y % (side_ + 1)]; }
  /// Sums over the rows of the windows. Left of the image stand `radius` columns of 0.
  window_row columns() { return shifted(sums_[0], windows_.radius); }

  /// The entries of row y; in a box also into the sums, which row y - side leaves.
  void enter(int y, int first) {
    known_row(frames_, warped_, n_, y, known_.data());
    functions_.entries({slopes_.at(y), known_.data(), row_at(flow_.from.u, n_, y), row_at(flow_.from.v, n_, y)},
                       energy_, windows_.rule, width_, row(y));
    if (!box()) return;
    if (y - side_ >= std::max(first - windows_.radius, 0))
      functions_.exchange(row(y), row(y - side_), width_, columns());
    else
      functions_.add(row(y), 1, width_, columns());
  }

  void weigh_rows(int y) {
    const int r = windows_.radius;
    sums_.clear(0);
    for (int j = std::max(y - r, 0); j <= std::min(y + r, height_ - 1); ++j)
      functions_.add(row(j), windows_.weights[j - y + r], width_, columns());
  }

  const flow_frames& frames_;
  const warped_frame& warped_;
  const flow_energy& energy_;
  const flow_windows& windows_;
  const flow_exchange& flow_;
  int n_, width_, height_, side_;
  derivative_window slopes_;
  working_vector<std::int16_t> known_;
  window_rows rows_, sums_;  ///< sums: of columns, of windows
  const flow_window_functions& functions_ = flow_window_rows();
};

}  // namespace

status solve_windows_of_rows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                             const flow_windows& windows, const flow_exchange& flow, const launch_options& launch) {
  for_bands(frames.prev, launch, [&](int n, int first, int last) {
    window_band(frames, warped, energy, windows, flow, n).run(first, last);
  });
  return status::ok;
}

}  // namespace fluxel::kernels
