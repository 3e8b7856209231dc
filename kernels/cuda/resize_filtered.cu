// Separable filters by table.

#include "kernels/cuda/filtered.cuh"
#include "kernels/cuda/resize.cuh"
#include "kernels/cuda/table.cuh"

namespace fluxel::kernels::gpu {

/// One thread per output element; the first pass is repeated for every tap of the second. Needs nothing to fit.
template <class T, bool VerticalFirst, int Pairs>
__global__ void __launch_bounds__(block_threads)
    filtered_plain_kernel(const __grid_constant__ batch<Pairs> b, const __grid_constant__ filter_pass pass) {
  using sum_type = std::conditional_t<is_integer<T>, std::int64_t, float>;
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int channels = static_cast<int>(pair.channels.value);
  const filter_view& one = VerticalFirst ? pass.y : pass.x;
  const filter_view& two = VerticalFirst ? pass.x : pass.y;
  for (int k = 0; k < elements_per_lane; ++k) {
    const int e = t.column * tile_elements + k * block_lanes + static_cast<int>(threadIdx.x) - pair.lead;
    if (e < 0 || e >= pair.row_elements) continue;
    std::uint32_t channel;
    const int x = static_cast<int>(pair.channels.split(static_cast<std::uint32_t>(e), channel));
    for (int r = 0; r < b.rows_per_warp; ++r) {
      const int y = (t.row * block_warps + static_cast<int>(threadIdx.y)) * b.rows_per_warp + r;
      if (y >= pair.y.dst_size) break;
      tap_sum<T, sum_type> outer;
      const int o1 = VerticalFirst ? y : x;
      const int o2 = VerticalFirst ? x : y;
      for (int j = 0; j < two.taps; ++j) {
        const int at2 = __ldg(two.first + o2) + j;
        tap_sum<T, sum_type> inner;
        for (int i = 0; i < one.taps; ++i) {
          const int at1 = __ldg(one.first + o1) + i;
          const int row = VerticalFirst ? at1 : at2;
          const int column = VerticalFirst ? at2 : at1;
          const T* in =
              reinterpret_cast<const T*>(t.src + row * pair.src.pitch) + std::ptrdiff_t{column} * channels + channel;
          inner.add(one, o1 * one.taps + i, pixel_value(in, pass.shift));
        }
        outer.add(two, o2 * two.taps + j, keep(inner, one.bits, pass.kept_bits));
      }
      reinterpret_cast<T*>(t.dst + y * pair.dst.pitch)[e] = finish(outer, two.bits, pass);
    }
  }
}

namespace {

class prepared_filter : public prepared_resize {
 public:
  explicit prepared_filter(const resize_recipe& r)
      : type_(r.type),
        vertical_first_(r.vertical_first),
        first_x_(r.filter_x.first),
        first_y_(r.filter_y.first),
        integer_x_(r.filter_x.integer),
        integer_y_(r.filter_y.integer),
        weight_x_(r.filter_x.weight),
        weight_y_(r.filter_y.weight),
        pass_{{first_x_.data(), integer_x_.data(), weight_x_.data(), r.filter_x.taps, r.filter_x.integer_bits},
              {first_y_.data(), integer_y_.data(), weight_y_.data(), r.filter_y.taps, r.filter_y.integer_bits},
              r.kept_bits,
              r.max_value,
              r.low_zero_bits} {}

  bool failed() const {
    return first_x_.failed() || first_y_.failed() || integer_x_.failed() || integer_y_.failed() ||
           weight_x_.failed() || weight_y_.failed();
  }

  status run(std::span<const image_pair> pairs, const execution& how) const override {
    switch (type_) {
      case element_type::u8:
        return run_as<u8>(pairs, how);
      case element_type::u16:
        return run_as<u16>(pairs, how);
      case element_type::f16:
        return run_as<f16>(pairs, how);
      case element_type::bf16:
        return run_as<bf16>(pairs, how);
      case element_type::f32:
        return run_as<f32>(pairs, how);
    }
    return status::unsupported;
  }

 private:
  template <class T>
  status run_as(std::span<const image_pair> pairs, const execution& how) const {
    return vertical_first_ ? run_plain<T, true>(pairs, how) : run_plain<T, false>(pairs, how);
  }

  template <class T, bool VerticalFirst>
  status run_plain(std::span<const image_pair> pairs, const execution& how) const {
    return launch_in_chunks(
        pairs, {.element_bytes = sizeof(T)},
        [](pair_view& v, const image_pair& pair) {
          v.x = make_axis(nullptr, pair.src.width, pair.dst.width);
          v.y = make_axis(nullptr, pair.src.height, pair.dst.height);
        },
        [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
          return launch<filtered_plain_kernel<T, VerticalFirst, Pairs>>(blocks, dim3(block_lanes, block_warps), 0,
                                                                        how.stream, b, pass_);
        });
  }

  element_type type_;
  bool vertical_first_;
  device_table<std::int32_t> first_x_, first_y_, integer_x_, integer_y_;
  device_table<float> weight_x_, weight_y_;
  filter_pass pass_;
};

}  // namespace

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe) {
  auto prepared = std::make_unique<prepared_filter>(recipe);
  if (prepared->failed()) return nullptr;
  return prepared;
}

}  // namespace fluxel::kernels::gpu
