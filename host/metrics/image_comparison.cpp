// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "fluxel/metrics.hpp"
#include "host/core/call.hpp"
#include "host/core/staging.hpp"
#include "host/plan/similarity.hpp"

namespace fluxel {

namespace host {
namespace {

void check_geometry(const call_site& site, const comparison_geometry& g) {
  if (g.width < 1 || g.height < 1)
    reject(site, "geometry", "is empty (" + std::to_string(g.width) + "x" + std::to_string(g.height) + ")");
  auto check_least = [&](const char* name, int value) {
    if (value < 1) reject(site, name, "is " + std::to_string(value) + "; must be 1 or more");
  };
  check_least("geometry.channels", g.channels);
  check_least("geometry.planes", g.planes);
  check_least("geometry.count", g.count);
  if (g.type < element_type::u8 || g.type > element_type::f32)
    reject(site, "geometry.type", "is not one of u8, u16, f16, bf16 and f32");
}

void check_options(const call_site& site, const comparison_options& o, element_type type) {
  if (o.similarity < similarity::gaussian || o.similarity > similarity::none)
    reject(site, "options.similarity", "is not one of gaussian, blocks and none");
  const bool words = type == element_type::u16;
  if (o.bit_depth != 0 && !(words && o.bit_depth >= 8 && o.bit_depth <= 16))
    reject(site, "options.bit_depth", "is " + std::to_string(o.bit_depth) + "; must be 0, or 8 to 16 for u16");
  const int most_zeros = words && o.bit_depth != 0 ? 16 - o.bit_depth : 0;
  if (o.low_zero_bits < 0 || o.low_zero_bits > most_zeros)
    reject(site, "options.low_zero_bits",
           "is " + std::to_string(o.low_zero_bits) + "; must be 0 to " + std::to_string(most_zeros) +
               " with this type and bit depth");
  if (!(o.white >= 0x1p-60 && o.white <= 0x1p60))
    reject(site, "options.white", "is " + std::to_string(o.white) + "; must be within 2^-60 and 2^60");
}

std::size_t sums_of(const kernels::image& im) { return std::size_t(im.channels) * im.planes * im.count; }

/// What an object works in on one backend.
struct comparison_memory {
  comparison_memory(backend b, object_memory& from) : buffer(b, from) {}
  device_buffer buffer;
};

}  // namespace

class comparison_object {
 public:
  comparison_object(const comparison_geometry& g, const comparison_options& o, const placement& given,
                    const char* function)
      : where_(given, function), geometry_(g), low_zero_bits_(o.low_zero_bits), room_(where_) {
    check_geometry({function}, g);
    check_options({function}, o, g.type);
    rule_ = plan::make_similarity(g.type, o);
    peak_ = plan::peak_of(g.type, o);
    if (const auto b = where_.named()) state_on(*b);
  }

  const resolved_placement& where() const { return where_; }
  double peak() const { return peak_; }
  void reserve_staging() {
    const auto& g = geometry_;
    const std::size_t planes = std::size_t(g.planes) * g.count;
    if (where_.named() == backend::cuda)
      room_.reserve(2 * planes * staged_bytes(size{g.width, g.height}, g.channels, element_size(g.type)) +
                        staged_bytes(size{static_cast<int>(planes * g.channels), 1}, 1, sizeof(comparison_sums)),
                    where_.function());
  }
  void prepare(const char* function, memory_kind memory) { state_on(where_.ahead_on({function}, memory)); }

  void run(const any_view& image, const any_view& reference, std::span<comparison_sums> sums, stream_ref stream) {
    call c(where_, stream);
    const operand& judged = c.read("image", image);
    const operand& against = c.read("reference", reference);
    check_view(c.site(), "image", image);
    check_view(c.site(), "reference", reference);
    if (image.image.count != reference.image.count)
      reject(c.site(), "reference.count",
             "is " + std::to_string(reference.image.count) + ", but image has " + std::to_string(image.image.count));
    const std::size_t needed = sums_of(judged.caller);
    if (sums.size() != needed)
      reject(c.site(), "sums",
             "has " + std::to_string(sums.size()) + " elements; must have " + std::to_string(needed));
    const operand& result = c.list("sums", sums);
    c.run(room_, [&](const run_context& context) {
      void* workspace = state_on(context.backend).buffer.data();
      return context.table().metrics.compare(comparison_of(judged.here, against.here, result.list<comparison_sums>()),
                                             workspace, context.launch);
    });
  }

 private:
  kernels::comparison comparison_of(const kernels::image& judged, const kernels::image& reference,
                                    comparison_sums* sums) const {
    return {judged, reference, geometry_.type, low_zero_bits_, rule_, sums};
  }

  comparison_memory& state_on(backend b) const {
    return states_.on(b, where_, [&] {
      auto made = std::make_unique<comparison_memory>(b, where_.memory());
      const auto& g = geometry_;
      const kernels::image largest{nullptr, g.width, g.height, g.channels, 0, g.planes, 0, g.count, 0};
      const auto& metrics = table_for(b, where_.function()).metrics;
      made->buffer.reserve(metrics.workspace(comparison_of(largest, largest, nullptr)), where_.function());
      return made;
    });
  }

  void check_view(const call_site& site, const char* name, const any_view& v) const {
    const auto& im = v.image;
    check_size(site, name, {im.width, im.height}, {geometry_.width, geometry_.height});
    auto check_equal = [&](const char* what, int is, int built) {
      if (is != built)
        reject(site, std::string(name) + what,
               "is " + std::to_string(is) + ", but the object was built for " + std::to_string(built));
    };
    check_equal(".channels", im.channels, geometry_.channels);
    check_equal(".planes", im.planes, geometry_.planes);
    if (im.count > geometry_.count)
      reject(site, std::string(name) + ".count",
             "is " + std::to_string(im.count) + ", but the object was built for at most " +
                 std::to_string(geometry_.count));
    if (v.type != geometry_.type) reject(site, name, "has elements of another type than the object was built for");
  }

  resolved_placement where_;
  comparison_geometry geometry_;
  kernels::similarity_rule rule_;
  double peak_ = 0;
  int low_zero_bits_ = 0;
  per_backend<comparison_memory> states_;
  mutable staging_room room_;
};

}  // namespace host

inline namespace v0 {

struct image_comparison::impl : host::comparison_object {
  using comparison_object::comparison_object;
};

image_comparison::image_comparison(const comparison_geometry& geometry, const comparison_options& options,
                                   const placement& where)
    : impl_(host::translate_bad_alloc("image_comparison", [&] {
        auto made = std::make_unique<impl>(geometry, options, where, "image_comparison");
        made->reserve_staging();
        return made;
      })) {}

image_comparison::image_comparison(image_comparison&&) noexcept = default;
image_comparison& image_comparison::operator=(image_comparison&&) noexcept = default;
image_comparison::~image_comparison() = default;

void image_comparison::prepare(memory_kind memory) {
  constexpr auto function = "image_comparison::prepare";
  host::behind(impl_, function).prepare(function, memory);
}
std::size_t image_comparison::workspace_size() const {
  return host::behind(impl_, "image_comparison::workspace_size").where().memory().bytes_held();
}
fluxel::backend image_comparison::backend() const {
  return host::behind(impl_, "image_comparison::backend").where().on_host_memory();
}
double image_comparison::peak() const { return host::behind(impl_, "image_comparison::peak").peak(); }

void image_comparison::run_untyped(const detail::untyped_view& image, const detail::untyped_view& reference,
                                   std::span<comparison_sums> sums, stream_ref stream) {
  host::behind(impl_, "image_comparison").run(host::erase(image), host::erase(reference), sums, stream);
}

std::vector<comparison_sums> detail::compare_images(const untyped_view& image, const untyped_view& reference,
                                                    const comparison_options& options, const placement& where,
                                                    stream_ref stream) {
  constexpr auto function = "compare_images";
  const auto a = host::erase(image), b = host::erase(reference);
  const auto im = host::check_view({function}, "image", a);
  return host::translate_bad_alloc(function, [&] {
    host::comparison_object once({im.width, im.height, im.channels, im.planes, std::max(im.count, 1), a.type},
                                 options, where, function);
    std::vector<comparison_sums> sums(host::sums_of(im));
    if (backend_for(a.memory) == fluxel::backend::cpu) {
      once.run(a, b, sums, stream);
      return sums;
    }
    const auto bytes = sums.size() * sizeof(comparison_sums);
    const auto bound = once.where().bind(fluxel::backend::cuda);
    host::device_buffer on_device(fluxel::backend::cuda, once.where().memory());
    auto* first = static_cast<comparison_sums*>(on_device.reserve(bytes, function, stream.get()));
    once.run(a, b, {first, sums.size()}, stream);
    const auto& memory = host::cuda_table(function).memory;
    host::check(memory.download(sums.data(), first, bytes, stream.get()), function);
    host::check(memory.synchronize(stream.get()), function);
    return sums;
  });
}

}  // namespace v0
}  // namespace fluxel
