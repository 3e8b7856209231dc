// SPDX-License-Identifier: Apache-2.0
#include "fluxel/metrics.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include "fluxel/comparison_sums.hpp"
#include "host/c_api/c_api.hpp"

struct fluxel_image_comparison {
  fluxel::image_comparison object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

static_assert(sizeof(fluxel_comparison_sums) == sizeof(comparison_sums) &&
              offsetof(fluxel_comparison_sums, squared_error) == offsetof(comparison_sums, squared_error) &&
              offsetof(fluxel_comparison_sums, squared_reference) == offsetof(comparison_sums, squared_reference) &&
              offsetof(fluxel_comparison_sums, windows) == offsetof(comparison_sums, windows) &&
              offsetof(fluxel_comparison_sums, similarity) == offsetof(comparison_sums, similarity));

comparison_options options_of(const fluxel_comparison_options* given) {
  const auto o = read_struct("options", given, fluxel_comparison_options_default());
  require_zero("options.reserved", o.reserved);
  return {.similarity = static_cast<similarity>(o.similarity),
          .bit_depth = o.bit_depth,
          .low_zero_bits = o.low_zero_bits,
          .white = o.white};
}

comparison_geometry geometry_of(const fluxel_comparison_geometry* given) {
  const auto g = read_struct("geometry", given);
  require_zero("geometry.reserved", g.reserved);
  return {.width = to_int("geometry.width", g.width),
          .height = to_int("geometry.height", g.height),
          .channels = to_int("geometry.channels", g.channels),
          .planes = to_int("geometry.planes", g.planes),
          .count = to_int("geometry.count", g.count),
          .type = static_cast<element_type>(g.dtype)};
}

template <class To, class From>
std::span<To> sums_of(const char* name, From* sums, std::int64_t count) {
  if (count < 0) host::reject(arguments, "count", "is negative");
  return {reinterpret_cast<To*>(&required(name, sums)),
          static_cast<std::size_t>(count)};  // the same bytes, see above
}

comparison_sums sums_of(const fluxel_comparison_sums& s) {
  return {s.pixels, s.squared_error, s.squared_reference, s.windows, s.similarity};
}

template <class F>
void with_images(const fluxel_image* image, const fluxel_image* reference, F&& f) {
  if (required("image", image).dtype != required("reference", reference).dtype)
    host::reject(arguments, "reference.dtype", "is not that of image");
  visit_dtype("image", image->dtype, [&]<class T>(T) {
    f(typed_view<const T>("image", image), typed_view<const T>("reference", reference));
  });
}

}  // namespace

extern "C" {

fluxel_status fluxel_compare_images(const fluxel_image* image, const fluxel_image* reference,
                                    fluxel_comparison_sums* sums, int64_t count,
                                    const fluxel_comparison_options* options, const fluxel_placement* placement,
                                    void* stream) {
  return run(__func__, [&] {
    const auto o = options_of(options);
    const auto where = placement_of(placement);
    const auto to = sums_of<comparison_sums>("sums", sums, count);
    with_images(image, reference, [&](auto im, auto ref) {
      const auto measured = compare_images(im, ref, o, where, stream_of(stream));
      if (measured.size() != to.size())
        host::reject(arguments, "count",
                     "is " + std::to_string(count) + ", but there are " + std::to_string(measured.size()) +
                         " channels in all");
      std::copy(measured.begin(), measured.end(), to.begin());
    });
  });
}

fluxel_status fluxel_image_comparison_create(const fluxel_comparison_geometry* geometry,
                                             const fluxel_comparison_options* options,
                                             const fluxel_placement* placement,
                                             fluxel_image_comparison** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_image_comparison{
          image_comparison(geometry_of(geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_image_comparison_run(fluxel_image_comparison* object, const fluxel_image* image,
                                          const fluxel_image* reference, fluxel_comparison_sums* sums, int64_t count,
                                          void* stream) {
  return run(__func__, [&] {
    auto& comparison = required("object", object).object;
    const auto to = sums_of<comparison_sums>("sums", sums, count);
    with_images(image, reference, [&](auto im, auto ref) { comparison.run(im, ref, to, stream_of(stream)); });
  });
}

fluxel_status fluxel_image_comparison_peak(const fluxel_image_comparison* object, double* peak) {
  return run(__func__, [&] { required("peak", peak) = required("object", object).object.peak(); });
}

fluxel_status fluxel_image_comparison_prepare(fluxel_image_comparison* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_image_comparison_backend(const fluxel_image_comparison* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_image_comparison_workspace_size(const fluxel_image_comparison* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_image_comparison_destroy(fluxel_image_comparison* object) { delete object; }

fluxel_status fluxel_pooled(const fluxel_comparison_sums* all, int64_t count, fluxel_comparison_sums* sums) {
  return run(__func__, [&] {
    const comparison_sums p = pooled(sums_of<const comparison_sums>("all", all, count));
    required("sums", sums) = {p.pixels, p.squared_error, p.squared_reference, p.windows, p.similarity};
  });
}

double fluxel_mse(const fluxel_comparison_sums* sums) {
  return sums != nullptr ? mse(sums_of(*sums)) : std::numeric_limits<double>::quiet_NaN();
}
double fluxel_snr(const fluxel_comparison_sums* sums) {
  return sums != nullptr ? snr(sums_of(*sums)) : std::numeric_limits<double>::quiet_NaN();
}
double fluxel_psnr(const fluxel_comparison_sums* sums, double peak) {
  return sums != nullptr ? psnr(sums_of(*sums), peak) : std::numeric_limits<double>::quiet_NaN();
}
double fluxel_ssim(const fluxel_comparison_sums* sums) {
  return sums != nullptr ? ssim(sums_of(*sums)) : std::numeric_limits<double>::quiet_NaN();
}

}  // extern "C"
