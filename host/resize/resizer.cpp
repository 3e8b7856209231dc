// SPDX-License-Identifier: Apache-2.0
#include "host/resize/resizer.hpp"

#include <array>
#include <string>

#include "fluxel/resize.hpp"
#include "host/core/device.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr std::size_t chunk_size = 64;  // pairs that travel together, on the stack

std::string text(size s) { return std::to_string(s.width) + "x" + std::to_string(s.height); }

/// Pairs of any element type.
struct pair_list {
  struct item {
    any_view src, dst;
  };
  const void* pairs;
  std::size_t count;
  item (*at)(const void* pairs, std::size_t i);
  element_type type;
  call_site base;  ///< names the list argument, if the pairs are one

  call_site where(std::size_t i) const { return {base.function, base.list, static_cast<int>(i)}; }
  item operator[](std::size_t i) const { return at(pairs, i); }
};

resize_geometry geometry_of(const pair_list::item& pair, element_type type) {
  const auto& [src, dst] = pair;
  return {{src.image.width, src.image.height}, {dst.image.width, dst.image.height}, dst.image.channels, type};
}

void check_fixed(const call_site& site, const resize_geometry& given, const resize_geometry& built) {
  auto check_size = [&](const char* name, size is, size was) {
    if (is != was) reject(site, name, "is " + text(is) + ", but the resizer was built for " + text(was));
  };
  check_size("src", given.src, built.src);
  check_size("dst", given.dst, built.dst);
  if (given.channels != built.channels)
    reject(
        site, "src.channels",
        "is " + std::to_string(given.channels) + ", but the resizer was built for " + std::to_string(built.channels));
  if (given.type != built.type) reject(site, "src", "has elements of another type than the resizer was built for");
}

/// Everything that can be wrong with a call, before any pixel is written.
void check_pairs(const resizer_state& state, const pair_list& list) {
  if (state.frame) reject(list.where(0), "src", "is a view, but the resizer was built for frames");
  const auto memory = list[0].dst.memory;
  for (std::size_t i = 0; i < list.count; ++i) {
    const auto site = list.where(i);
    const auto pair = list[i];
    check_pair(site, pair.src, pair.dst);
    if (backend_for(pair.dst.memory) != backend_for(memory))
      reject(site, "dst.memory", "is of another kind than that of pairs[0]: all must be host or all device memory");
    const auto g = geometry_of(pair, list.type);
    if (state.fixed) {
      check_fixed(site, g, *state.fixed);
      continue;
    }
    check_geometry(site, g, state.options);
    if (!state.needs_no_table(g) && state.find(g) == nullptr)
      reject(site, "src",
             "has a geometry that was not prepared: " + text(g.src) + " to " + text(g.dst) + " with " +
                 std::to_string(g.channels) + " channels");
  }
}

/// Pairs on their way to the kernels: those that follow each other with the same tables run together.
class chunk {
 public:
  chunk(const resizer_state& state, element_type type, bool is_staged, const run_context& context)
      : state_(state), type_(type), staged_(is_staged), context_(context) {}

  void add(const resize_engine* tables, const kernels::image_pair& pair) {
    if (count_ == chunk_size || tables != tables_) flush();
    tables_ = tables;
    pairs_[count_++] = pair;
  }

  void flush() {
    const std::span<const kernels::image_pair> pairs(pairs_.data(), count_);
    if (count_ == 0) return;
    if (!staged_) {
      run(pairs);
    } else {
      std::array<kernels::image_pair, chunk_size> device;
      const std::lock_guard lock(state_.staged.turn);
      state_.staged.upload(pairs, {device.data(), count_}, element_size(type_), context_.function);
      run({device.data(), count_});
      state_.staged.download(pairs, {device.data(), count_}, element_size(type_), context_.function);
    }
    count_ = 0;
  }

 private:
  void run(std::span<const kernels::image_pair> pairs) const {
    if (tables_ != nullptr) return tables_->run(pairs, context_);
    const auto& o = state_.options;
    const auto& table = table_for(context_.backend, context_.function);
    check(translate_bad_alloc(context_.function,
                              [&] {
                                return o.filter == filter::nearest
                                           ? table.resize.nearest(pairs, element_size(type_), o.coordinates,
                                                                  o.rounding, context_.launch)
                                           : table.resize.linear(pairs, type_, o.coordinates, context_.launch);
                              }),
          context_.function);
  }

  const resizer_state& state_;
  element_type type_;
  bool staged_;
  run_context context_;
  const resize_engine* tables_ = nullptr;
  std::array<kernels::image_pair, chunk_size> pairs_;
  std::size_t count_ = 0;
};

void run_pairs(const resizer_state& state, const pair_list& list, stream_ref stream) {
  if (list.count == 0) return;
  check_pairs(state, list);
  const auto memory = list[0].dst.memory;
  check_stream(list.where(0), memory, stream);
  const auto b = state.backend_of(list.where(0), memory);
  const device_scope scope(b == backend::cuda ? state.device : -1, state.function);
  chunk work(state, list.type, state.is_staged(b, memory),
             {state.function, b, {stream.get(), state.options.threads}});
  for (std::size_t i = 0; i < list.count; ++i) {
    const auto item = list[i];
    const auto pair = check_pair(list.where(i), item.src, item.dst);
    if (pair.dst.count != 0) work.add(state.find(geometry_of(item, list.type)), pair);
  }
  work.flush();
}

template <class T>
pair_list::item erase_pair(const void* pairs, std::size_t i) {
  const auto& pair = static_cast<const resize_pair<T>*>(pairs)[i];
  return {erase(pair.src), erase(pair.dst)};
}

template <class T>
void run_views(const resizer_state& state, const image_view<const T>& src, const image_view<T>& dst,
               stream_ref stream) {
  const resize_pair<T> pair{src, dst};
  run_pairs(state, {&pair, 1, erase_pair<T>, element_traits<T>::type, {state.function}}, stream);
}

}  // namespace
}  // namespace host

inline namespace v0 {

resizer::resizer(const resize_options& options, run_on device)
    : impl_(
          host::translate_bad_alloc("resizer", [&] { return std::make_unique<impl>(options, device, "resizer"); })) {}

resizer::resizer(const resize_geometry& geometry, const resize_options& options, run_on device)
    : resizer(options, device) {
  impl_->fix(geometry);
}

resizer::resizer(resizer&&) noexcept = default;
resizer& resizer::operator=(resizer&&) noexcept = default;
resizer::~resizer() = default;

void resizer::prepare(std::span<const resize_geometry> geometries) {
  int i = 0;
  for (const auto& g : geometries) {
    const host::call_site site{"resizer::prepare", "geometries", i++};
    host::check_geometry(site, g, impl_->options);
    if (!impl_->needs_no_table(g)) impl_->prepare(site, g);
  }
}

fluxel::backend resizer::backend() const { return impl_->on.cpu ? fluxel::backend::cpu : fluxel::backend::cuda; }

template <class T>
void resizer::operator()(std::span<const resize_pair<T>> pairs, stream_ref stream) const {
  host::run_pairs(*impl_,
                  {pairs.data(), pairs.size(), host::erase_pair<T>, element_traits<T>::type, {"resizer", "pairs"}},
                  stream);
}

template <class T>
void resizer::operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst, stream_ref stream) const {
  host::run_views(*impl_, src, dst, stream);
}

template <class T>
void resize(std::type_identity_t<image_view<const T>> src, image_view<T> dst, const resize_options& options,
            stream_ref stream) {
  const char* function = "resize";
  const bool on_device = backend_for(dst) == backend::cuda;
  host::check_pair({function}, host::erase(src), host::erase(dst));
  host::resizer_state once(options, on_device ? run_on::cuda : run_on::cpu, function);
  once.prepare({function}, {{src.width, src.height}, {dst.width, dst.height}, dst.channels, element_traits<T>::type});
  host::run_views(once, src, dst, stream);
  if (on_device) host::check(host::cuda_table(function).memory.synchronize(stream.get()), function);
}

#define FLUXEL_INSTANTIATE(T)                                                                                    \
  template void resizer::operator()(std::type_identity_t<image_view<const T>>, image_view<T>, stream_ref) const; \
  template void resizer::operator()(std::span<const resize_pair<T>>, stream_ref) const;                          \
  template void resize(std::type_identity_t<image_view<const T>>, image_view<T>, const resize_options&, stream_ref);
FLUXEL_INSTANTIATE(u8)
FLUXEL_INSTANTIATE(u16)
FLUXEL_INSTANTIATE(f16)
FLUXEL_INSTANTIATE(bf16)
FLUXEL_INSTANTIATE(f32)
#undef FLUXEL_INSTANTIATE

}  // namespace v0
}  // namespace fluxel
