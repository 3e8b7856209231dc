// SPDX-License-Identifier: Apache-2.0
#include "host/resize/resizer_state.hpp"

#include <array>
#include <string>

#include "host/core/staging.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

namespace {

constexpr std::size_t chunk_size = 64;  // pairs that travel together, on the stack

std::string sides_text(size s) { return std::to_string(s.width) + "x" + std::to_string(s.height); }

resize_geometry geometry_of(const kernels::image& src, const kernels::image& dst, element_type type) {
  return {{src.width, src.height}, {dst.width, dst.height}, dst.channels, type};
}

void check_fixed(const call_site& site, const resize_geometry& given, const resize_geometry& built) {
  check_size(site, "src", given.src, built.src);
  check_size(site, "dst", given.dst, built.dst);
  if (given.channels != built.channels)
    reject(
        site, "src.channels",
        "is " + std::to_string(given.channels) + ", but the object was built for " + std::to_string(built.channels));
  require(given.type == built.type, site, "src", "has elements of another type than the object was built for");
}

}  // namespace

resizer_state::resizer_state(const resize_options& options, const placement& where, const char* function)
    : where_(where, function), options_(options), room_(where_) {
  check_options({function}, options);
  if (const auto b = where_.named()) made_ahead_[static_cast<int>(*b)] = true;
}

bool resizer_state::needs_no_table(const resize_geometry& g) const {
  if (options_.region || options_.scale_x != 0 || options_.scale_y != 0) return false;
  if (options_.filter == filter::nearest) return true;
  if (options_.linear_light != transfer_function::none) return false;
  return options_.alpha == alpha::none && plan::is_linear(g, options_);
}

const resizer_state::known_geometry* resizer_state::find(const resize_geometry& g) const {
  for (const auto& k : known_)
    if (k.geometry == g) return &k;
  return nullptr;
}

resize_engine& resizer_state::engine_on(backend b, const known_geometry& known) const {
  return known.engines.on(b, where_, [&] { return std::make_unique<resize_engine>(known.plan, b, where_); });
}

void resizer_state::prepare(const call_site& site, const resize_geometry& g) {
  check_geometry(site, g, options_);
  if (find(g) != nullptr || (!fixed_ && needs_no_table(g))) return;
  const plane_plan plan = make_plane_plan(site, g, options_);
  auto& added = known_.emplace_back();
  added.geometry = g;
  added.plan = plan;
  for (const backend b : {backend::cpu, backend::cuda})
    if (made_ahead_[static_cast<int>(b)]) engine_on(b, added);
}

void resizer_state::prepare(memory_kind memory) {
  const call_site site{"resizer::prepare"};
  const backend b = where_.ahead_on(site, memory);
  made_ahead_[static_cast<int>(b)] = true;
  for (const auto& k : known_) engine_on(b, k);
}

void resizer_state::fix(const resize_geometry& g) {
  fixed_ = g;
  prepare({where_.function()}, g);
  if (where_.named() != backend::cuda) return;
  const int bytes = element_size(g.type);
  room_.reserve(staged_bytes(g.src, g.channels, bytes) + staged_bytes(g.dst, g.channels, bytes), where_.function());
}

void resizer_state::check_known(const call_site& site, const resize_geometry& g) const {
  if (fixed_) return check_fixed(site, g, *fixed_);
  check_geometry(site, g, options_);
  if (!needs_no_table(g) && find(g) == nullptr)
    reject(site, "src",
           "has a geometry that was not prepared: " + sides_text(g.src) + " to " + sides_text(g.dst) + " with " +
               std::to_string(g.channels) + " channels");
}

kernels::status resizer_state::run_without_tables(element_type type, std::span<const kernels::image_pair> pairs,
                                                  const run_context& context) const {
  const auto& resize = context.table().resize;
  return options_.filter == filter::nearest
             ? resize.nearest(pairs, element_size(type), options_.coordinates, options_.rounding, context.launch)
             : resize.linear(pairs, type, options_.coordinates, context.launch);
}

kernels::status resizer_state::run_with_tables(std::span<const known_geometry* const> known,
                                               std::span<const kernels::image_pair> pairs,
                                               const run_context& context) const {
  const auto together = context.table().resize.run_together;
  std::array<kernels::prepared_pair, chunk_size> all;
  std::size_t count = 0;
  for (std::size_t i = 0, end; i < pairs.size(); i = end) {
    const resize_engine& engine = engine_on(context.backend, *known[i]);
    for (end = i; end < pairs.size() && known[end] == known[i];) ++end;
    if (together != nullptr && engine.single() != nullptr) {
      for (std::size_t k = i; k < end; ++k) all[count++] = {engine.single(), pairs[k]};
      continue;
    }
    if (const auto done = engine.run(pairs.subspan(i, end - i), context); done != kernels::status::ok) return done;
  }
  return count == 0 ? kernels::status::ok : together({all.data(), count}, context.launch);
}

void resizer_state::run(const any_view& src, const any_view& dst, stream_ref stream) const {
  call c(where_, stream);
  const operand& from = c.read("src", src);
  const operand& to = c.write("dst", dst);
  check_alike(c.site(), from.caller, to.caller);
  const resize_geometry g = geometry_of(from.caller, to.caller, dst.type);
  check_known(c.site(), g);
  c.run(room_, [&](const run_context& context) {
    const kernels::image_pair pair{from.here, to.here};
    const known_geometry* known = find(g);
    return known != nullptr ? engine_on(context.backend, *known).run({&pair, 1}, context)
                            : run_without_tables(dst.type, {&pair, 1}, context);
  });
}

/// Everything that can be wrong with a call, before any pixel is written.
void resizer_state::check_pairs(const detail::untyped_pairs& pairs) const {
  const memory_kind memory = pairs.at(pairs.first, 0).dst.memory;
  for (std::size_t i = 0; i < pairs.count; ++i) {
    const call_site site{where_.function(), "pairs", static_cast<int>(i)};
    const auto item = pairs.at(pairs.first, i);
    const auto pair = check_pair(site, erase(item.src), erase(item.dst));
    require(backend_for(item.dst.memory) == backend_for(memory), site, "dst.memory",
            "is of another kind than that of pairs[0]: all must be host or all device memory");
    check_known(site, geometry_of(pair.src, pair.dst, pairs.type));
  }
}

void resizer_state::run_chunk(std::span<const known_geometry* const> known, element_type type,
                              std::span<const kernels::image_pair> pairs, bool staged,
                              const run_context& context) const {
  if (pairs.empty()) return;
  const auto run_here = [&](std::span<const kernels::image_pair> here) {
    return known[0] != nullptr ? run_with_tables(known, here, context) : run_without_tables(type, here, context);
  };
  if (!staged) return check(run_here(pairs), context.function);
  std::array<operand, 2 * chunk_size> operands;
  const int bytes = element_size(type);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    operands[2 * i] = {.name = "src", .caller = pairs[i].src, .element_bytes = bytes};
    operands[2 * i + 1] = {.name = "dst", .caller = pairs[i].dst, .element_bytes = bytes, .written = true};
  }
  const std::span used(operands.data(), 2 * pairs.size());
  run_operands(used, true, context, room_, [&] {
    std::array<kernels::image_pair, chunk_size> here;
    for (std::size_t i = 0; i < pairs.size(); ++i) here[i] = {used[2 * i].here, used[2 * i + 1].here};
    return run_here({here.data(), pairs.size()});
  });
}

void resizer_state::run(const detail::untyped_pairs& pairs, stream_ref stream) const {
  if (pairs.count == 0) return;
  const default_float_environment environment;
  check_pairs(pairs);
  const call_site site{where_.function(), "pairs", 0};
  const memory_kind memory = pairs.at(pairs.first, 0).dst.memory;
  const backend b = where_.on(site, "dst", memory);
  check_stream({where_.function()}, b, stream);
  const auto bound = where_.bind(b);
  const run_context context{where_.function(), b, {stream.get(), where_.threads()}};
  const bool staged = b == backend::cuda && backend_for(memory) == backend::cpu;
  std::array<kernels::image_pair, chunk_size> chunk;
  std::array<const known_geometry*, chunk_size> tables;
  std::size_t count = 0;
  const auto run_gathered = [&] {
    run_chunk({tables.data(), count}, pairs.type, {chunk.data(), count}, staged, context);
    count = 0;
  };
  translate_bad_alloc(where_.function(), [&] {
    for (std::size_t i = 0; i < pairs.count; ++i) {
      const auto item = pairs.at(pairs.first, i);
      const auto pair =
          check_pair({where_.function(), "pairs", static_cast<int>(i)}, erase(item.src), erase(item.dst));
      if (pair.dst.count == 0) continue;
      const auto* known = find(geometry_of(pair.src, pair.dst, pairs.type));
      if (count == chunk_size || (count > 0 && (known == nullptr) != (tables[0] == nullptr))) run_gathered();
      tables[count] = known;
      chunk[count++] = pair;
    }
    run_gathered();
  });
}

}  // namespace fluxel::host
