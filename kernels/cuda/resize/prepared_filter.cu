// SPDX-License-Identifier: Apache-2.0
// Filtered resizes that were made ready: which kernel takes a pair, and which pairs go in one launch.

#include <algorithm>
#include <array>

#include "kernels/cuda/resize/enlarge_bytes.cuh"
#include "kernels/cuda/resize/filtered_tiles.cuh"
#include "kernels/cuda/resize/halve_planes.cuh"
#include "kernels/cuda/resize/resize.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr std::size_t most_together = 64;  ///< pairs that are sorted at once, on the stack

enum class filter_path { tables_of_one, halve, enlarge_bytes, reduce, enlarge };

/// Pairs with equal ones share launches.
struct filter_kernel {
  filter_path path{};
  const prepared_resize* owner = nullptr;  ///< where the launch takes the tables of one resize
  element_type type{};
  int channels = 0;
  int variant = 0;  ///< of the kernel
  bool operator==(const filter_kernel&) const = default;
};

class prepared_filter : public prepared_resize {
 public:
  prepared_filter(element_type type, int channels, const filtered_recipe& r, const table_allocator& memory)
      : type_(type),
        channels_(channels),
        vertical_first_(r.order == pass_order::vertical_first),
        bytes_(type, channels, r, memory),
        halves_(type, channels, r, memory),
        tiled_(type, channels, r, memory),
        general_(type, channels, r, memory) {}

  bool failed() const { return bytes_.failed() || halves_.failed() || tiled_.failed() || general_.failed(); }

  status run(std::span<const image_pair> pairs, const launch_options& options) const override {
    if (pairs.size() == 1) return run_alone(pairs[0], options);
    while (!pairs.empty()) {
      std::array<prepared_pair, most_together> all;
      const std::size_t count = std::min(pairs.size(), most_together);
      for (std::size_t i = 0; i < count; ++i) all[i] = {this, pairs[i]};
      if (const status s = run_together({all.data(), count}, options); s != status::ok) return s;
      pairs = pairs.subspan(count);
    }
    return status::ok;
  }

  filter_kernel kernel_for(const image_pair& pair) const {
    if (halves_.fits(pair)) return {filter_path::halve, this};
    if (bytes_.usable()) return {filter_path::enlarge_bytes, nullptr, type_, channels_, bytes_.taps()};
    if (!tiled_.usable()) return {filter_path::tables_of_one, this};
    if (vertical_first_) return {filter_path::reduce, nullptr, type_, channels_, tiled_.narrow_first_pass()};
    return {filter_path::enlarge, nullptr, type_, channels_};
  }
  const byte_filter_tables& bytes() const { return bytes_; }
  const filter_tile_tables& tiled() const { return tiled_; }
  status run_owned(filter_path path, std::span<const image_pair> pairs, const launch_options& options) const {
    return path == filter_path::halve ? halves_.run(pairs, options) : general_.run(pairs, options);
  }

 private:
  status run_alone(const image_pair& pair, const launch_options& options) const;

  element_type type_;
  int channels_;
  bool vertical_first_;
  byte_filter_tables bytes_;
  halving_tables halves_;
  filter_tile_tables tiled_;
  general_filter general_;
};

double elements_of(const image& im) {
  return static_cast<double>(im.width) * im.height * im.channels * im.planes * im.count;
}

/// The pairs of one kernel, each with its filter: tables(resize).with_filter(pair, parts).
template <class Filter, class Tables, class Run>
status run_with_filters(std::span<const prepared_pair> pairs, Tables&& tables, Run&& run) {
  if (pairs.size() == 1) {
    const auto one = tables(static_cast<const prepared_filter&>(*pairs[0].resize)).with_filter(pairs[0].pair, 1);
    return run(std::span(&one, 1));
  }
  double all = 0;
  for (const prepared_pair& p : pairs) all += elements_of(p.pair.dst);
  std::array<filtered_pair<Filter>, most_together> filtered;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [resize, pair] = pairs[i];
    const double parts = pair.dst.count == 0 ? 1 : all / elements_of(pair.dst);
    filtered[i] = tables(static_cast<const prepared_filter&>(*resize)).with_filter(pair, parts);
  }
  return run(std::span<const filtered_pair<Filter>>(filtered.data(), pairs.size()));
}

status run_owned(const filter_kernel& kernel, std::span<const prepared_pair> pairs, const launch_options& options) {
  const auto run = [&](std::span<const image_pair> images) {
    const auto* filter = dynamic_cast<const prepared_filter*>(kernel.owner);
    return filter ? filter->run_owned(kernel.path, images, options) : kernel.owner->run(images, options);
  };
  if (pairs.size() == 1) return run({&pairs[0].pair, 1});
  std::array<image_pair, most_together> images;
  std::transform(pairs.begin(), pairs.end(), images.begin(), [](const prepared_pair& p) { return p.pair; });
  return run({images.data(), pairs.size()});
}

status run_kernel(const filter_kernel& kernel, std::span<const prepared_pair> pairs, const launch_options& options) {
  const auto tiled = [](const prepared_filter& f) -> const filter_tile_tables& { return f.tiled(); };
  switch (kernel.path) {
    case filter_path::enlarge_bytes:
      return run_with_filters<byte_filter>(
          pairs, [](const prepared_filter& f) -> const byte_filter_tables& { return f.bytes(); },
          [&](auto all) { return enlarge_bytes(all, kernel.channels, kernel.variant, options); });
    case filter_path::reduce:
      return run_with_filters<tiled_filter>(pairs, tiled, [&](auto all) {
        return reduce_filtered(all, kernel.type, kernel.channels, kernel.variant != 0, options);
      });
    case filter_path::enlarge:
      return run_with_filters<tiled_filter>(
          pairs, tiled, [&](auto all) { return enlarge_filtered(all, kernel.type, kernel.channels, options); });
    default:
      return run_owned(kernel, pairs, options);
  }
}

status prepared_filter::run_alone(const image_pair& pair, const launch_options& options) const {
  const prepared_pair one{this, pair};
  return run_kernel(kernel_for(pair), {&one, 1}, options);
}

/// Kernel after kernel, each for all of its pairs.
status run_sorted(std::span<const prepared_pair> pairs, const launch_options& options) {
  std::array<filter_kernel, most_together> kernels;
  std::transform(pairs.begin(), pairs.end(), kernels.begin(), [](const prepared_pair& p) {
    const auto* filter = dynamic_cast<const prepared_filter*>(p.resize);
    return filter ? filter->kernel_for(p.pair) : filter_kernel{filter_path::tables_of_one, p.resize};
  });
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (std::find(kernels.begin(), kernels.begin() + i, kernels[i]) != kernels.begin() + i) continue;
    std::array<prepared_pair, most_together> alike;
    std::size_t count = 0;
    for (std::size_t j = i; j < pairs.size(); ++j)
      if (kernels[j] == kernels[i]) alike[count++] = pairs[j];
    if (const status s = run_kernel(kernels[i], {alike.data(), count}, options); s != status::ok) return s;
  }
  return status::ok;
}

}  // namespace

status run_together(std::span<const prepared_pair> pairs, const launch_options& options) {
  while (!pairs.empty()) {
    const auto sorted = pairs.first(std::min(pairs.size(), most_together));
    if (const status s = run_sorted(sorted, options); s != status::ok) return s;
    pairs = pairs.subspan(sorted.size());
  }
  return status::ok;
}

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe, const table_allocator& memory) {
  auto prepared = std::make_unique<prepared_filter>(recipe.type, recipe.channels,
                                                    std::get<filtered_recipe>(recipe.method), memory);
  if (prepared->failed()) return nullptr;
  return prepared;
}

}  // namespace fluxel::kernels::gpu
