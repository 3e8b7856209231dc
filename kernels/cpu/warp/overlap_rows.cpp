// SPDX-License-Identifier: Apache-2.0
// Rows of what is seen at a moment, compiled for every instruction set: a chunk of a row is cut into spans between
// two cells. The pixels of all spans are warped along one path; where the four paths of a span differ, also along the
// other three.

#include "kernels/cpu/warp/overlap_rows.hpp"

#include <algorithm>
#include <vector>

#include "kernels/common/warp/overlap.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/warp/overlap_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/warp/warp_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

/// Where the pixels of a row lie between cells.
struct row_positions {
  std::vector<std::int64_t> first;
  std::vector<std::int32_t> fraction;  ///< vectors may read behind the last

  row_positions(int width, int measured) : first(width), fraction(width + room) {
    for (int x = 0; x < width; ++x) {
      const warp_position at = cell_position(x, width, measured);
      first[x] = at.first;
      fraction[x] = at.fraction;
    }
  }
};

/// Pixels [begin, end) of a chunk between the same cells.
struct span {
  int begin, end;
  cell_paths cells;
  bool alike;
};

/// Where the pixels of a chunk are in both frames.
struct chunk_paths {
  displacements prev, next;
  alignas(64) std::int32_t weight[chunk + room];

  /// Along one of a span's paths.
  HWY_INLINE void fill(int begin, int end, const cell_path& path) {
    const int_tag d;
    const auto all = [&](std::int32_t* to, std::int32_t v) HWY_ATTR {
      for (int i = begin; i < end; i += static_cast<int>(hn::Lanes(d))) hn::StoreU(hn::Set(d, v), d, to + i);
    };
    all(prev.x, path.prev_x);
    all(prev.y, path.prev_y);
    all(next.x, path.next_x);
    all(next.y, path.next_y);
    all(weight, path.weight);
  }

  /// As path_between: over a span each part changes evenly.
  /// @param x  fractions of the span's pixels
  HWY_INLINE void fill_between(const span& s, const std::int32_t* x, std::int32_t y) {
    const int_tag d;
    const auto part = [&](std::int32_t* to, std::int32_t cell_path::*member) HWY_ATTR {
      const auto& c = s.cells.of;
      const std::int32_t origin = c[0].*member, right = c[1].*member - origin, below = c[2].*member - origin,
                         across = c[3].*member - origin;
      const auto slope = hn::Set(d, (warp_one - y) * right + y * (across - below));
      const auto start = hn::Set(d, warp_one * y * below + (1 << 15)), whole = hn::Set(d, origin);
      for (int i = s.begin; i < s.end; i += static_cast<int>(hn::Lanes(d))) {
        const auto sum = hn::Add(start, hn::Mul(hn::LoadU(d, x + i), slope));
        hn::StoreU(hn::Add(whole, hn::ShiftRight<16>(sum)), d, to + i);
      }
    };
    part(prev.x, &cell_path::prev_x);
    part(prev.y, &cell_path::prev_y);
    part(next.x, &cell_path::next_x);
    part(next.y, &cell_path::next_y);
    part(weight, &cell_path::weight);
  }
};

template <class T>
class overlap_row {
 public:
  overlap_row(const overlap_job& job, const row_positions& columns, int n)
      : job_(job),
        columns_(columns),
        n_(n),
        from_prev_{.src = job.prev, .flow = {}, .dst = job.dst, .bicubic = true, .largest = job.largest},
        from_next_{.src = job.next, .flow = {}, .dst = job.dst, .bicubic = true, .largest = job.largest},
        prev_{from_prev_, row_at<const T>(job.prev, n, 0, 0), job.prev.pitch},
        next_{from_next_, row_at<const T>(job.next, n, 0, 0), job.next.pitch} {}

  void run(int y) {
    y_ = y;
    const warp_position down = cell_position(y, job_.dst.height, job_.flow_height);
    if (spans_.empty() || down.first != down_.first) cut_into_spans(down.first);
    down_ = down;
    const int channels = job_.dst.channels;
    T* to = row_at<T>(job_.dst, n_, 0, y);
    for (int first = 0; first < job_.dst.width; first += chunk, to += std::ptrdiff_t{chunk} * channels) {
      const int count = std::min(chunk, job_.dst.width - first);
      const std::vector<span>& spans = spans_[static_cast<std::size_t>(first / chunk)];
      for (const span& s : spans)
        if (s.alike)
          paths_.fill_between(s, columns_.fraction.data() + first, down_.fraction);
        else
          paths_.fill(s.begin, s.end, s.cells.of[0]);
      show(first, 0, count, to);
      for (std::size_t i = 0; i < spans.size(); ++i) {
        const std::size_t from = i;
        while (i < spans.size() && !spans[i].alike) ++i;
        if (i > from) show_mean(first, spans.data() + from, spans.data() + i, to);
      }
    }
  }

 private:
  /// The chunks of rows that lie below the middles of the cells of row `cell_y`.
  void cut_into_spans(std::int64_t cell_y) {
    spans_.resize(static_cast<std::size_t>((job_.dst.width + chunk - 1) / chunk));
    for (std::size_t k = 0; k < spans_.size(); ++k) {
      spans_[k].clear();
      const std::size_t first = k * chunk;
      const int count = std::min(chunk, job_.dst.width - static_cast<int>(first));
      for (int begin = 0, end = 0; begin < count; begin = end) {
        const std::int64_t cell = columns_.first[first + static_cast<std::size_t>(begin)];
        while (end < count && columns_.first[first + static_cast<std::size_t>(end)] == cell) ++end;
        const cell_paths cells(job_, n_, cell, cell_y);
        spans_[k].push_back({begin, end, cells, cells.are_alike()});
      }
    }
  }

  /// Along paths_. @param to  the chunk's first pixel
  HWY_INLINE void show(int first, int begin, int end, T* to) {
    const int channels = job_.dst.channels, zeros = job_.low_zero_bits;
    warp_chunk(prev_, paths_.prev, first, y_, begin, end, a_);
    warp_chunk(next_, paths_.next, first, y_, begin, end, b_);
    if (channels == 1 && zeros == 0) {  // compilers turn it into lanes
      for (int x = begin; x < end; ++x) to[x] = blend_pixel<T>(a_[x], b_[x], static_cast<u8>(paths_.weight[x]), 0);
      return;
    }
    for (int x = begin; x < end; ++x)
      for (int c = 0; c < channels; ++c) {
        const int i = x * channels + c;
        to[i] = blend_pixel<T>(a_[i], b_[i], static_cast<u8>(paths_.weight[x]), zeros);
      }
  }

  /// Spans [from, end), side by side, whose first prediction is shown.
  void show_mean(int first, const span* from, const span* end, T* to) {
    const int begin = from->begin / 8 * 8;
    for (int k = 1; k < 4; ++k) {
      for (const span* s = from; s < end; ++s) paths_.fill(s->begin, s->end, s->cells.of[k]);
      show(first, begin, end[-1].end, shown_[k - 1]);
    }
    const int channels = job_.dst.channels;
    for (const span* s = from; s < end; ++s)
      for (int x = s->begin; x < s->end; ++x) {
        const prediction_weights w(s->cells, cell_shares(columns_.fraction[first + x], down_.fraction));
        for (int j = x * channels; j < (x + 1) * channels; ++j)
          to[j] = mean_of_predictions<T>(to[j], shown_[0][j], shown_[1][j], shown_[2][j], w, job_.low_zero_bits);
      }
  }

  const overlap_job& job_;
  const row_positions& columns_;
  int n_, y_ = 0;
  warp_position down_{};
  warp_job from_prev_, from_next_;
  warped_row<T> prev_, next_;
  std::vector<std::vector<span>> spans_;  ///< of each chunk
  chunk_paths paths_{};
  static constexpr int row_room = (chunk + room) * most_overlap_channels;
  T a_[row_room], b_[row_room], shown_[3][row_room];
};

void overlap(const overlap_job& job, element_type type, const row_range& rows) {
  const row_positions columns(job.dst.width, job.flow_width);
  visit_pixel_type(every_pixel_type, type, 0, [&]<class T>(std::type_identity<T>) HWY_ATTR {
    overlap_row<T> row(job, columns, rows.n);
    for (int y = rows.first; y < rows.last; ++y) row.run(y);
    return 0;
  });
}

}  // namespace

const overlap_row_functions* overlap_row_table() {
  static constexpr overlap_row_functions table{overlap};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(overlap_row_functions, overlap_rows, overlap_row_table)
#endif
