// SPDX-License-Identifier: Apache-2.0
// The plan object of transposed convolution.

#include <cstring>
#include <string>

#include "host/conv_transpose/conv_transpose.hpp"
#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"
#include "host/resize/resizer.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "conv_transpose";
constexpr std::size_t bias_alignment = 16;

std::size_t weight_bytes(const any_weights& w) {
  const std::size_t bytes =
      std::size_t(w.in) * w.out_per_group * w.kernel.width * w.kernel.height * element_size(w.type);
  return (bytes + bias_alignment - 1) / bias_alignment * bias_alignment;
}

/// Weights, then the bias, in one block of `memory`.
struct weight_block {
  any_weights header;  ///< its pointers are not used
  std::size_t bias_at;

  explicit weight_block(const any_weights& w) : header(w), bias_at(weight_bytes(w)) {}
  std::size_t bytes() const { return bias_at + header.bias_size * element_size(header.type); }
  any_weights in(const void* block) const {
    any_weights w = header;
    w.data = block;
    w.bias = static_cast<const std::byte*>(block) + bias_at;
    return w;
  }
};

}  // namespace

class planned_conv_transpose {
 public:
  planned_conv_transpose(size from, const any_weights& w, const conv_transpose_options& given, run_on device)
      : place({.threads = given.threads}, device, function), options(given), src(from), block(w) {
    const call_site site{function};
    check_weights(site, w, options.groups);
    dst = checked_output_size(site, src, w.kernel, options);
    recognise(w);
    if (!factor) copy_weights(w);
  }

  void run(const any_view& from, const any_view& to, element_type type, stream_ref stream) const {
    const call_site site{function};
    if (type != block.header.type) reject(site, "src", "has elements of another type than the weights");
    check_geometry(site, from.image, src, "src");
    check_geometry(site, to.image, dst, "dst");
    check_stream(site, to.memory, stream);
    const auto b = place.backend_of(site, to.memory);
    // The pointers of the weights are checked here and replaced for the backend that runs.
    auto call = checked_call(site, from, block.in(weights_on(backend::cpu)), to, options);
    if (call.dst.count == 0) return;
    const auto w = block.in(weights_on(b));
    call.weights = w.data;
    call.bias = w.bias_size != 0 ? w.bias : nullptr;
    const device_scope scope(b == backend::cuda ? place.device : -1, function);
    const run_context context{function, b, {stream.get(), options.threads}};
    if (place.is_staged(b, to.memory))
      run_staged(call, context);
    else
      run(call, context);
  }

  resizer_state place;
  conv_transpose_options options;
  size src, dst;
  std::optional<int> factor;  ///< set when the weights are the bilinear ones

 private:
  void recognise(const any_weights& w) {
    const default_float_environment environment;
    if (w.bias_size != 0 || w.out_per_group != 1 || w.in != options.groups) return;
    factor = plan::recognise_bilinear(
        {w.type, w.data, w.in, plan::make_conv_axis(src, w.kernel, options, true).place(dst.width),
         plan::make_conv_axis(src, w.kernel, options, false).place(dst.height), src, dst});
  }

  void copy_weights(const any_weights& w) {
    auto* host = static_cast<std::byte*>(host_weights_.reserve(block.bytes(), function));
    std::memcpy(host, w.data,
                std::size_t(w.in) * w.out_per_group * w.kernel.width * w.kernel.height * element_size(w.type));
    if (w.bias_size != 0) std::memcpy(host + block.bias_at, w.bias, w.bias_size * element_size(w.type));
    if (!place.on.cuda) return;
    const device_scope scope(place.device, function);
    const auto& memory = cuda_table(function).memory;
    check(memory.upload(device_weights_.reserve(block.bytes(), function), host, block.bytes(), nullptr), function);
    check(memory.synchronize(nullptr), function);
  }

  /// A recognised kernel keeps no weights; its address only has to be valid.
  const void* weights_on(backend b) const {
    if (factor) return this;
    return b == backend::cuda ? device_weights_.data() : host_weights_.data();
  }

  static void check_geometry(const call_site& site, const kernels::image& im, size built, const std::string& name) {
    if (size{im.width, im.height} != built)
      reject(site, name,
             "is " + std::to_string(im.width) + "x" + std::to_string(im.height) + ", but the object was built for " +
                 std::to_string(built.width) + "x" + std::to_string(built.height));
  }

  void run(const kernels::conv_transpose_call& call, const run_context& context) const {
    const auto& column = table_for(context.backend, function).conv_transpose;
    check(translate_bad_alloc(function,
                              [&] {
                                return factor ? column.upsample_zero({call.src, call.dst}, call.type, *factor,
                                                                     context.launch)
                                              : column.general(call, context.launch);
                              }),
          function);
  }

  void run_staged(kernels::conv_transpose_call call, const run_context& context) const {
    const kernels::image_pair host{call.src, call.dst};
    kernels::image_pair device;
    const std::lock_guard lock(place.staged.turn);
    place.staged.upload({&host, 1}, {&device, 1}, element_size(call.type), function);
    call.src = device.src;
    call.dst = device.dst;
    run(call, context);
    place.staged.download({&host, 1}, {&device, 1}, element_size(call.type), function);
  }

  weight_block block;
  device_buffer host_weights_{backend::cpu};
  device_buffer device_weights_{backend::cuda};
};

}  // namespace host

inline namespace v0 {

struct conv_transpose::impl : host::planned_conv_transpose {
  using planned_conv_transpose::planned_conv_transpose;
};

template <class T>
conv_transpose::conv_transpose(size src, const conv_weights<T>& weights,
                               std::type_identity_t<std::span<const T>> bias, const conv_transpose_options& options,
                               run_on device)
    : impl_(host::translate_bad_alloc("conv_transpose", [&] {
        return std::make_unique<impl>(src, host::erase(weights, bias), options, device);
      })) {}

conv_transpose::conv_transpose(conv_transpose&&) noexcept = default;
conv_transpose& conv_transpose::operator=(conv_transpose&&) noexcept = default;
conv_transpose::~conv_transpose() = default;

template <class T>
void conv_transpose::operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                                stream_ref stream) const {
  impl_->run(host::erase(src), host::erase(dst), element_traits<T>::type, stream);
}

bool conv_transpose::recognised_bilinear() const { return impl_->factor.has_value(); }
size conv_transpose::output_size() const { return impl_->dst; }
fluxel::backend conv_transpose::backend() const {
  return impl_->place.on.cpu ? fluxel::backend::cpu : fluxel::backend::cuda;
}

#define FLUXEL_INSTANTIATE(T)                                                                                    \
  template conv_transpose::conv_transpose(size, const conv_weights<T>&, std::span<const T>,                      \
                                          const conv_transpose_options&, run_on);                                \
  template void conv_transpose::operator()(std::type_identity_t<image_view<const T>>, image_view<T>, stream_ref) \
      const;
FLUXEL_INSTANTIATE(f32)
FLUXEL_INSTANTIATE(f16)
FLUXEL_INSTANTIATE(bf16)
#undef FLUXEL_INSTANTIATE

}  // namespace v0
}  // namespace fluxel
