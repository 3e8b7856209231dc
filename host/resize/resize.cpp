// SPDX-License-Identifier: Apache-2.0
#include "fluxel/resize.hpp"

#include "host/core/device.hpp"
#include "host/core/views.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel {

namespace host {
namespace {

template <class T>
any_view device_image(T* data, size s, std::ptrdiff_t pitch, int channels) {
  return erase(image_view<T>{.data = data,
                             .width = s.width,
                             .height = s.height,
                             .channels = channels,
                             .pitch = pitch,
                             .memory = memory_kind::device});
}

void bilinear(const any_view& src, const any_view& dst, element_type type, const bilinear_options& options,
              stream_ref stream) {
  const char* function = "resize_bilinear";
  const auto pair = check_pair({function}, src, dst);
  check_stream({function}, dst.memory, stream);
  check_coordinates({function}, options.coordinates);
  check_threads({function}, options.threads);
  const auto& table = table_for(backend_for(dst.memory), function);
  if (pair.dst.count == 0) return;
  check(translate_bad_alloc(
            function,
            [&] {
              return table.resize.linear({&pair, 1}, type, options.coordinates, {stream.get(), options.threads});
            }),
        function);
}

void nearest(const any_view& src, const any_view& dst, const nearest_options& options, stream_ref stream) {
  const char* function = "resize_nearest";
  const auto pair = check_pair({function}, src, dst);
  check_stream({function}, dst.memory, stream);
  check_coordinates({function}, options.coordinates);
  check_rounding({function}, options.rounding);
  check_threads({function}, options.threads);
  const auto& table = table_for(backend_for(dst.memory), function);
  if (pair.dst.count == 0) return;
  check(translate_bad_alloc(function,
                            [&] {
                              return table.resize.nearest({&pair, 1}, dst.element_bytes, options.coordinates,
                                                          options.rounding, {stream.get(), options.threads});
                            }),
        function);
}

}  // namespace
}  // namespace host

inline namespace v0 {

template <class T>
void resize_bilinear(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                     const bilinear_options& options, stream_ref stream) {
  host::bilinear(host::erase(src), host::erase(dst), element_traits<T>::type, options, stream);
}

template <class T>
void resize_bilinear(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                     std::ptrdiff_t dst_pitch, int channels, stream_ref stream) {
  host::bilinear(host::device_image(src, src_size, src_pitch, channels),
                 host::device_image(dst, dst_size, dst_pitch, channels), element_traits<T>::type, {}, stream);
}

template <class Element>
void detail::resize_nearest(const image_view<const Element>& src, const image_view<Element>& dst,
                            const nearest_options& options, stream_ref stream) {
  host::nearest(host::erase(src), host::erase(dst), options, stream);
}

template void detail::resize_nearest<std::uint8_t>(const image_view<const std::uint8_t>&,
                                                   const image_view<std::uint8_t>&, const nearest_options&,
                                                   stream_ref);
template void detail::resize_nearest<std::uint16_t>(const image_view<const std::uint16_t>&,
                                                    const image_view<std::uint16_t>&, const nearest_options&,
                                                    stream_ref);
template void detail::resize_nearest<std::uint32_t>(const image_view<const std::uint32_t>&,
                                                    const image_view<std::uint32_t>&, const nearest_options&,
                                                    stream_ref);
template void detail::resize_nearest<std::uint64_t>(const image_view<const std::uint64_t>&,
                                                    const image_view<std::uint64_t>&, const nearest_options&,
                                                    stream_ref);

template <class T>
using source = std::type_identity_t<image_view<const T>>;

template void resize_bilinear<u8>(source<u8>, image_view<u8>, const bilinear_options&, stream_ref);
template void resize_bilinear<u16>(source<u16>, image_view<u16>, const bilinear_options&, stream_ref);
template void resize_bilinear<f16>(source<f16>, image_view<f16>, const bilinear_options&, stream_ref);
template void resize_bilinear<bf16>(source<bf16>, image_view<bf16>, const bilinear_options&, stream_ref);
template void resize_bilinear<f32>(source<f32>, image_view<f32>, const bilinear_options&, stream_ref);

template void resize_bilinear<u8>(const u8*, size, std::ptrdiff_t, u8*, size, std::ptrdiff_t, int, stream_ref);
template void resize_bilinear<u16>(const u16*, size, std::ptrdiff_t, u16*, size, std::ptrdiff_t, int, stream_ref);
template void resize_bilinear<f16>(const f16*, size, std::ptrdiff_t, f16*, size, std::ptrdiff_t, int, stream_ref);
template void resize_bilinear<bf16>(const bf16*, size, std::ptrdiff_t, bf16*, size, std::ptrdiff_t, int, stream_ref);
template void resize_bilinear<f32>(const f32*, size, std::ptrdiff_t, f32*, size, std::ptrdiff_t, int, stream_ref);

}  // namespace v0
}  // namespace fluxel
