// SPDX-License-Identifier: Apache-2.0
#include "fluxel/bilinear_adjoint.hpp"

#include <string>

#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"
#include "host/plan/conv_transpose.hpp"
#include "host/resize/resize_options.hpp"
#include "host/resize/resizer.hpp"

namespace fluxel {

namespace host {

/// The forward geometry turned round, and its tables.
class planned_adjoint {
 public:
  template <class MakeRecipe>
  planned_adjoint(const resize_geometry& forward, int threads, run_on device, MakeRecipe&& make)
      : place({.threads = threads}, device, function), geometry(forward) {
    check_geometry({function}, forward, place.options);
    if (forward.type == element_type::u8 || forward.type == element_type::u16)
      reject({function}, "forward.type", "is an integer type; gradients are f32, f16 or bf16");
    const device_scope scope(place.device, function);
    const default_float_environment environment;
    tables.emplace(make(), place.on, function);
  }

  void run(const any_view& from, const any_view& to, element_type type, stream_ref stream) const {
    const call_site site{function};
    const auto pair = check_pair(site, from, to);
    check_stream(site, to.memory, stream);
    if (type != geometry.type) reject(site, "dst", "has elements of another type than the object was built for");
    check_size(site, "src", from.image, geometry.dst);
    check_size(site, "dst", to.image, geometry.src);
    if (to.image.channels != geometry.channels)
      reject(site, "dst.channels",
             "is " + std::to_string(to.image.channels) + ", but the object was built for " +
                 std::to_string(geometry.channels));
    if (pair.dst.count == 0) return;
    const auto b = place.backend_of(site, to.memory);
    const device_scope scope(b == backend::cuda ? place.device : -1, function);
    const run_context context{function, b, {stream.get(), place.options.threads}};
    if (!place.is_staged(b, to.memory)) return tables->run({&pair, 1}, context);
    kernels::image_pair device;
    const std::lock_guard lock(place.staged.turn);
    place.staged.upload({&pair, 1}, {&device, 1}, element_size(type), function);
    tables->run({&device, 1}, context);
    place.staged.download({&pair, 1}, {&device, 1}, element_size(type), function);
  }

  static constexpr const char* function = "bilinear_adjoint";
  resizer_state place;
  resize_geometry geometry;
  std::optional<backend_resizes> tables;

 private:
  static void check_size(const call_site& site, const char* name, const kernels::image& im, size built) {
    if (size{im.width, im.height} != built)
      reject(site, name,
             "is " + std::to_string(im.width) + "x" + std::to_string(im.height) + ", but the object was built for " +
                 std::to_string(built.width) + "x" + std::to_string(built.height));
  }
};

namespace {

void check_factor(const resize_geometry& g) {
  const call_site site{planned_adjoint::function};
  const int factor = g.src.width > 0 ? g.dst.width / g.src.width : 0;
  if (factor < 1 || factor > plan::most_upsampling || std::int64_t{g.src.width} * factor != g.dst.width ||
      std::int64_t{g.src.height} * factor != g.dst.height)
    reject(site, "forward.dst", "is not the same whole multiple, 1 to 1024, of forward.src on both axes");
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct bilinear_adjoint::impl : host::planned_adjoint {
  using planned_adjoint::planned_adjoint;
};

bilinear_adjoint::bilinear_adjoint(const resize_geometry& forward, const bilinear_options& options, run_on device)
    : impl_(host::translate_bad_alloc("bilinear_adjoint", [&] {
        return std::make_unique<impl>(forward, options.threads, device,
                                      [&] { return plan::adjoint_recipe(forward, options.coordinates); });
      })) {}

bilinear_adjoint::bilinear_adjoint(const resize_geometry& forward, edge edge, const upsample_options& options,
                                   run_on device)
    : impl_(host::translate_bad_alloc("bilinear_adjoint", [&] {
        host::check_factor(forward);
        return std::make_unique<impl>(forward, options.threads, device, [&] {
          return edge == edge::zero ? plan::adjoint_recipe_of_zero_edge(forward)
                                    : plan::adjoint_recipe(forward, coordinates::half_pixel);
        });
      })) {}

bilinear_adjoint::bilinear_adjoint(bilinear_adjoint&&) noexcept = default;
bilinear_adjoint& bilinear_adjoint::operator=(bilinear_adjoint&&) noexcept = default;
bilinear_adjoint::~bilinear_adjoint() = default;

template <class T>
void bilinear_adjoint::operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                                  stream_ref stream) const {
  impl_->run(host::erase(src), host::erase(dst), element_traits<T>::type, stream);
}

template void bilinear_adjoint::operator()(std::type_identity_t<image_view<const f32>>, image_view<f32>,
                                           stream_ref) const;
template void bilinear_adjoint::operator()(std::type_identity_t<image_view<const f16>>, image_view<f16>,
                                           stream_ref) const;
template void bilinear_adjoint::operator()(std::type_identity_t<image_view<const bf16>>, image_view<bf16>,
                                           stream_ref) const;

fluxel::backend bilinear_adjoint::backend() const {
  return impl_->place.on.cpu ? fluxel::backend::cpu : fluxel::backend::cuda;
}

}  // namespace v0
}  // namespace fluxel
