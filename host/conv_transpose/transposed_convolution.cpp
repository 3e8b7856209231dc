// SPDX-License-Identifier: Apache-2.0
#include "fluxel/transposed_convolution.hpp"

#include <cstring>
#include <optional>

#include "host/conv_transpose/conv_transpose.hpp"
#include "host/core/call.hpp"
#include "host/core/staging.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "transposed_convolution";
constexpr std::size_t bias_alignment = 16;

/// Weights, then the bias, in one block of `memory`.
struct weight_block {
  any_weights header;  ///< its pointers are not used
  std::size_t weight_bytes;
  std::size_t bias_at;

  explicit weight_block(const any_weights& w)
      : header(w),
        weight_bytes(std::size_t(w.in) * w.out_per_group * w.kernel.width * w.kernel.height * element_size(w.type)),
        bias_at((weight_bytes + bias_alignment - 1) / bias_alignment * bias_alignment) {}
  std::size_t bias_bytes() const { return header.bias_size * element_size(header.type); }
  std::size_t bytes() const { return bias_at + bias_bytes(); }
  any_weights in(const void* block) const {
    any_weights w = header;
    w.data = block;
    w.bias = static_cast<const std::byte*>(block) + bias_at;
    return w;
  }
};

any_weights checked_weights(const any_weights& w, const conv_transpose_options& options) {
  check_weights({function}, w, options.groups);
  return w;
}

}  // namespace

class planned_conv_transpose {
 public:
  planned_conv_transpose(size from, const any_weights& w, const conv_transpose_options& given, const placement& where)
      : placed(where, function),
        options(given),
        src(from),
        dst(checked_output_size({function}, from, checked_weights(w, given).kernel, given)),
        block_(w),
        host_weights_(backend::cpu, placed.memory()),
        room_(placed) {
    recognise(w);
    if (!factor) copy_weights(w);
    const auto b = placed.named();
    if (b) weights_on(*b);
    if (b == backend::cuda) room_.reserve(staged_size(), function);
  }

  void prepare(memory_kind memory) { weights_on(placed.ahead_on({"transposed_convolution::prepare"}, memory)); }

  void run(const any_view& from, const any_view& to, stream_ref stream) const {
    call c(placed, stream);
    const operand& in = c.read("src", from);
    const operand& out = c.write("dst", to);
    require(from.type == block_.header.type, c.site(), "src", "has elements of another type than the weights");
    check_size(c.site(), "src", c.size_of(in), src);
    check_size(c.site(), "dst", c.size_of(out), dst);
    // Any address stands for the weights while they are checked.
    auto job = checked_call(c.site(), {in.caller, out.caller}, block_.in(this), options);
    c.run(room_, [&](const run_context& context) {
      const auto& conv = context.table().conv_transpose;
      if (factor) return conv.upsample_zero({in.here, out.here}, job.type, *factor, context.launch);
      const auto w = block_.in(weights_on(context.backend));
      job.src = in.here;
      job.dst = out.here;
      job.weights = w.data;
      job.bias = w.bias_size != 0 ? w.bias : nullptr;
      return conv.general(job, context.launch);
    });
  }

  resolved_placement placed;
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
    auto* host = static_cast<std::byte*>(host_weights_.reserve(block_.bytes(), function));
    std::memcpy(host, w.data, block_.weight_bytes);
    if (w.bias_size != 0) std::memcpy(host + block_.bias_at, w.bias, block_.bias_bytes());
  }

  /// A recognised kernel keeps no weights.
  const void* weights_on(backend b) const {
    if (factor || b == backend::cpu) return host_weights_.data();
    return device_weights_
        .on(b, placed,
            [&] {
              auto copy = std::make_unique<device_buffer>(b, placed.memory());
              const auto& memory = cuda_table(function).memory;
              void* to = copy->reserve(block_.bytes(), function);
              check(memory.upload(to, host_weights_.data(), block_.bytes(), nullptr), function);
              check(memory.synchronize(nullptr), function);
              return copy;
            })
        .data();
  }

  /// Of one image, its channels interleaved.
  std::size_t staged_size() const {
    const auto& w = block_.header;
    const int bytes = element_size(w.type);
    return staged_bytes(src, w.in, bytes) + staged_bytes(dst, w.out_per_group * options.groups, bytes);
  }

  weight_block block_;
  device_buffer host_weights_;
  per_backend<device_buffer> device_weights_;
  mutable staging_room room_;
};

}  // namespace host

inline namespace v0 {

struct transposed_convolution::impl : host::planned_conv_transpose {
  using planned_conv_transpose::planned_conv_transpose;
};

transposed_convolution::transposed_convolution(size src, const detail::untyped_weights& weights,
                                               const conv_transpose_options& options, const placement& where)
    : impl_(host::translate_bad_alloc(host::function,
                                      [&] { return std::make_unique<impl>(src, weights, options, where); })) {}

transposed_convolution::transposed_convolution(transposed_convolution&&) noexcept = default;
transposed_convolution& transposed_convolution::operator=(transposed_convolution&&) noexcept = default;
transposed_convolution::~transposed_convolution() = default;

void transposed_convolution::run_images(const detail::untyped_view& src, const detail::untyped_view& dst,
                                        stream_ref stream) const {
  host::behind(impl_, host::function).run(host::erase(src), host::erase(dst), stream);
}

void transposed_convolution::prepare(memory_kind memory) {
  host::behind(impl_, "transposed_convolution::prepare").prepare(memory);
}

bool transposed_convolution::recognised_bilinear() const {
  return host::behind(impl_, "transposed_convolution::recognised_bilinear").factor.has_value();
}

size transposed_convolution::output_size() const {
  return host::behind(impl_, "transposed_convolution::output_size").dst;
}

fluxel::backend transposed_convolution::backend() const {
  return host::behind(impl_, "transposed_convolution::backend").placed.on_host_memory();
}

std::size_t transposed_convolution::workspace_size() const {
  return host::behind(impl_, "transposed_convolution::workspace_size").placed.memory().bytes_held();
}

}  // namespace v0
}  // namespace fluxel
