// SPDX-License-Identifier: Apache-2.0
// The definition of resize on this library, one output after the other.

#include <cstring>

#include "kernels/common/resize/filter.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/low_zero_bits.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class F>
void for_each_plane(const image_pair& pair, F&& f) {
  for (int n = 0; n < pair.dst.count; ++n)
    for (int p = 0; p < pair.dst.planes; ++p) f(n, p);
}

template <class T, class Axes>
void linear_plane(const image_pair& pair, int n, int p, int low_zero_bits, Axes&& axes) {
  using L = lerp<T>;
  const image& src = pair.src;  // not a structured binding: clang 14 cannot capture one
  const image& dst = pair.dst;
  const int channels = dst.channels;
  const last_rounding rounding = axes.rounding(pair);
  for (int y = 0; y < dst.height; ++y) {
    const position py = axes.at(pair, false, y);
    const auto wy = L::from_fraction(py.fraction);
    const T* upper = row_at<T>(src, n, p, py.index);
    const T* below = row_at<T>(src, n, p, py.index + 1 < src.height ? py.index + 1 : py.index);
    T* out = row_at<T>(dst, n, p, y);
    for (int x = 0; x < dst.width; ++x) {
      const position px = axes.at(pair, true, x);
      const auto wx = L::from_fraction(px.fraction);
      const std::ptrdiff_t left = std::ptrdiff_t{px.index} * channels;
      const std::ptrdiff_t right = px.index + 1 < src.width ? left + channels : left;
      for (int c = 0; c < channels; ++c) {
        auto get = [&](const T* row, std::ptrdiff_t i) { return lowered(row[i + c], low_zero_bits); };
        const auto top = L::horizontal(get(upper, left), get(upper, right), wx);
        const auto bottom = L::horizontal(get(below, left), get(below, right), wx);
        out[std::ptrdiff_t{x} * channels + c] = raised(L::vertical(top, bottom, wy, rounding), low_zero_bits);
      }
    }
  }
}

template <class T, class Axes>
void linear(std::span<const image_pair> pairs, int low_zero_bits, Axes&& axes) {
  for (const auto& pair : pairs)
    for_each_plane(pair, [&](int n, int p) { linear_plane<T>(pair, n, p, low_zero_bits, axes); });
}

template <class Axes>
status linear_of_type(std::span<const image_pair> pairs, element_type type, int low_zero_bits, Axes&& axes) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    linear<T>(pairs, low_zero_bits, axes);
    return status::ok;
  });
}

template <class Index>
status nearest(std::span<const image_pair> pairs, int element_bytes, Index&& index_of) {
  for (const auto& pair : pairs)
    for_each_plane(pair, [&](int n, int p) {
      const std::ptrdiff_t pixel = std::ptrdiff_t{pair.dst.channels} * element_bytes;
      for (int y = 0; y < pair.dst.height; ++y) {
        const auto* in = row_at<const std::byte>(pair.src, n, p, index_of(pair, false, y));
        auto* out = row_at<std::byte>(pair.dst, n, p, y);
        for (int x = 0; x < pair.dst.width; ++x)
          std::memcpy(out + x * pixel, in + index_of(pair, true, x) * pixel, pixel);
      }
    });
  return status::ok;
}

ratio ratio_of(const image_pair& pair, coordinates rule, bool horizontal) {
  return horizontal ? make_ratio(rule, pair.src.width, pair.dst.width)
                    : make_ratio(rule, pair.src.height, pair.dst.height);
}

/// Axes that follow from the sizes of each pair.
struct axes_of_sizes {
  coordinates rule;
  position at(const image_pair& pair, bool horizontal, int i) const {
    return linear_position(ratio_of(pair, rule, horizontal), i);
  }
  last_rounding rounding(const image_pair& pair) const { return rounding_of(rule, pair); }
};

struct axes_of_recipe {
  const linear_recipe& recipe;
  position at(const image_pair&, bool horizontal, int i) const { return horizontal ? recipe.x[i] : recipe.y[i]; }
  last_rounding rounding(const image_pair&) const { return recipe.rounding; }
};

status resize_linear(std::span<const image_pair> pairs, element_type type, coordinates rule, const launch_options&) {
  return linear_of_type(pairs, type, 0, axes_of_sizes{rule});
}

status resize_nearest(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const launch_options&) {
  return nearest(pairs, element_bytes, [&](const image_pair& pair, bool horizontal, int i) {
    return nearest_index(ratio_of(pair, rule, horizontal), rounding, i);
  });
}

/// Sum over the taps of one output in the pass along `axis`; `pixel(i)` is the source at index i.
template <class Pixel>
std::int64_t integer_sum(const filter_axis& axis, int i, Pixel&& pixel) {
  std::int64_t sum = 0;
  for (int k = 0; k < axis.taps; ++k)
    sum += std::int64_t{axis.integer[std::size_t(i) * axis.taps + k]} * pixel(axis.first[i] + k);
  return sum;
}
template <class Pixel>
float float_sum(const filter_axis& axis, int i, Pixel&& pixel) {
  float sum = empty_sum;
  for (int k = 0; k < axis.taps; ++k)
    sum = add_tap(sum, axis.weight[std::size_t(i) * axis.taps + k], pixel(axis.first[i] + k));
  return sum;
}

template <class T>
void filtered_plane(const image_pair& pair, int n, int p, const filtered_recipe& r) {
  constexpr bool integer = std::is_integral_v<T>;
  using between = std::conditional_t<integer, std::int32_t, float>;
  const image& src = pair.src;  // not a structured binding: clang 14 cannot capture one
  const image& dst = pair.dst;
  const int channels = dst.channels;
  const bool vertical_first = r.order == pass_order::vertical_first;
  const int mid_width = vertical_first ? src.width : dst.width;
  const int mid_height = vertical_first ? dst.height : src.height;
  std::vector<between> mid(std::size_t(mid_width) * mid_height * channels);
  auto source = [&](int x, int y, int c) {
    const T v = row_at<const T>(src, n, p, y)[std::ptrdiff_t{x} * channels + c];
    if constexpr (integer)
      return std::int64_t{lowered(v, r.low_zero_bits)};
    else
      return to_float(v);
  };
  auto middle = [&](int x, int y, int c) -> between& { return mid[(std::size_t(y) * mid_width + x) * channels + c]; };
  const filter_axis& one = vertical_first ? r.y : r.x;
  const filter_axis& two = vertical_first ? r.x : r.y;
  for (int y = 0; y < mid_height; ++y)
    for (int x = 0; x < mid_width; ++x)
      for (int c = 0; c < channels; ++c) {
        auto tap = [&](int k) { return vertical_first ? source(x, k, c) : source(k, y, c); };
        const int i = vertical_first ? y : x;
        if constexpr (integer)
          middle(x, y, c) = keep_between(integer_sum(one, i, tap), one.integer_bits, r.intermediate_bits);
        else
          middle(x, y, c) = float_sum(one, i, tap);
      }
  for (int y = 0; y < dst.height; ++y) {
    T* out = row_at<T>(dst, n, p, y);
    for (int x = 0; x < dst.width; ++x)
      for (int c = 0; c < channels; ++c) {
        auto tap = [&](int k) { return vertical_first ? middle(k, y, c) : middle(x, k, c); };
        const int i = vertical_first ? x : y;
        T& result = out[std::ptrdiff_t{x} * channels + c];
        if constexpr (integer)
          result =
              raised(T(finish_sum(integer_sum(two, i, tap), two.integer_bits + r.intermediate_bits, r.max_value)),
                     r.low_zero_bits);
        else
          result = from_float<T>(float_sum(two, i, tap));
      }
  }
}

template <class T>
void filtered(std::span<const image_pair> pairs, const filtered_recipe& r) {
  for (const auto& pair : pairs) for_each_plane(pair, [&](int n, int p) { filtered_plane<T>(pair, n, p, r); });
}

class scalar_resize : public prepared_resize {
 public:
  explicit scalar_resize(const resize_recipe& recipe) : recipe_(recipe) {}

  status run(std::span<const image_pair> pairs, const launch_options&) const override {
    return std::visit([&](const auto& method) { return run(pairs, method); }, recipe_.method);
  }

 private:
  status run(std::span<const image_pair> pairs, const nearest_recipe& r) const {
    return nearest(pairs, r.element_bytes, [&](const image_pair&, bool horizontal, int i) {
      return horizontal ? r.x[i].index : r.y[i].index;
    });
  }
  status run(std::span<const image_pair> pairs, const linear_recipe& r) const {
    return linear_of_type(pairs, recipe_.type, r.low_zero_bits, axes_of_recipe{r});
  }
  status run(std::span<const image_pair> pairs, const filtered_recipe& r) const {
    return visit_pixel_type(every_pixel_type, recipe_.type, status::unsupported, [&]<class T>(std::type_identity<T>) {
      filtered<T>(pairs, r);
      return status::ok;
    });
  }

  resize_recipe recipe_;
};

}  // namespace

std::unique_ptr<prepared_resize> prepare_scalar_resize(const resize_recipe& recipe, const table_allocator&) {
  return std::make_unique<scalar_resize>(recipe);
}
const resize_functions scalar_resize_functions{resize_linear, resize_nearest, prepare_scalar_resize};

}  // namespace fluxel::kernels
