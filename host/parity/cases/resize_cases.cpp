// SPDX-License-Identifier: Apache-2.0
// resize: one-call linear and nearest on ragged batches, and recipes of every filter and option.

#include <algorithm>
#include <memory>
#include <vector>

#include "host/parity/cases/resize_batch.hpp"
#include "host/parity/suite/case.hpp"
#include "host/plan/recipe.hpp"

namespace fluxel::parity::resize_cases {

namespace {

plan::pixel_depth draw_depth(random& r, element_type type) {
  if (type != element_type::u16 || r.one_in(2)) return {};
  return r.pick({plan::pixel_depth{10, 0}, plan::pixel_depth{10, 6}, plan::pixel_depth{12, 0},
                 plan::pixel_depth{12, 4}, plan::pixel_depth{16, 0}});
}

}  // namespace

static test_case make_linear_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const coordinates rule = draw_coordinates(r);
  c.description = "coordinates " + std::to_string(int(rule));
  add_ragged(r, limit, c, [&](const shape& s) { return make_tensor(r, type, s); });
  c.invoke = [=](const call& k) { return k.row.resize.linear(pairs_of(k), type, rule, k.launch); };
  return c;
}

static test_case make_nearest_case(random& r, const limits& limit) {
  test_case c;
  const int bytes = r.pick({1, 2, 4, 8});
  const coordinates rule = draw_coordinates(r);
  const nearest_rounding rounding = draw_rounding(r);
  c.description = "coordinates " + std::to_string(int(rule)) + " rounding " + std::to_string(int(rounding));
  add_ragged(r, limit, c, [&](const shape& s) { return make_tensor(r, element::raw, bytes, s); });
  c.invoke = [=](const call& k) { return k.row.resize.nearest(pairs_of(k), bytes, rule, rounding, k.launch); };
  return c;
}

namespace {

test_case recipe_case(random& r, const limits& limit, resize_options (*draw_options)(random& r, size src)) {
  test_case c;
  const batch b = draw_batch(r);
  const limits each = share(limit, b);
  const size from = draw_size(r, each, b.channels);
  const size to = draw_destination(r, each, from, b.channels);
  const element_type type = draw_type(r);
  const resize_options options = draw_options(r, from);
  const plan::pixel_depth depth = draw_depth(r, type);
  c.description =
      describe(options) + " bits " + std::to_string(depth.bits) + "+" + std::to_string(depth.low_zero_bits);
  const int pairs = r.pick({1, 1, 1, 2});
  for (int i = 0; i < pairs; ++i) {
    const int count = i == 0 ? b.count : r.between(1, 2);
    tensor src = make_tensor(r, type, {from.width, from.height, b.channels, b.planes, count});
    tensor dst = make_tensor(r, type, {to.width, to.height, b.channels, b.planes, count});
    add_pair(r, c, std::move(src), std::move(dst), depth.bits, depth.low_zero_bits);
  }
  const auto recipe = plan::make_recipe({from, to, b.channels, type}, options, depth);
  c.invoke = [=](const call& k) {
    const auto prepared = k.row.resize.prepare(recipe);
    if (prepared == nullptr) return kernels::status::out_of_memory;
    const auto s = prepared->run(pairs_of(k), k.launch);
    if (s != kernels::status::ok) return s;
    return k.row.memory.synchronize(k.launch.stream);  // the tables are released next
  };
  return c;
}

/// Filters that came later have an operation of their own: the cases of the others stay those that GPUs have
/// recorded.
resize_options draw_later_filters(random& r, size src) {
  auto o = draw_resize_options(r, src);
  o.filter = r.pick({filter::mitchell, filter::catmull_rom, filter::gaussian, filter::hamming, filter::spline36});
  o.cubic_b = r.pick({1.0 / 3, 0.25, 1.0});
  o.cubic_c = r.pick({1.0 / 3, 0.5, 0.0});
  return o;
}

}  // namespace

static test_case make_recipe_case(random& r, const limits& limit) {
  return recipe_case(r, limit, draw_resize_options);
}
static test_case make_filter_case(random& r, const limits& limit) {
  return recipe_case(r, limit, draw_later_filters);
}

/// Prepared resizes of any sizes and options, of which a backend may run several in a launch.
static test_case make_together_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const batch b = draw_batch(r);
  const bool reducing = r.one_in(2);
  const int pairs = r.pick({1, 2, 5, 18});
  std::vector<kernels::resize_recipe> recipes;
  for (int i = 0; i < pairs; ++i) {
    const limits each = share({limit.max_side, limit.max_elements / pairs}, b);
    const size from = draw_size(r, each, b.channels);
    const size any = draw_destination(r, each, from, b.channels);
    const size to = reducing ? size{std::min(any.width, from.width), std::min(any.height, from.height)} : any;
    auto options = draw_resize_options(r, from);
    if (r.one_in(2)) options.filter = filter::bicubic;
    c.description += describe(options) + "; ";
    recipes.push_back(plan::make_recipe({from, to, b.channels, type}, options));
    tensor src = make_tensor(r, type, {from.width, from.height, b.channels, b.planes, b.count});
    tensor dst = make_tensor(r, type, {to.width, to.height, b.channels, b.planes, b.count});
    add_pair(r, c, std::move(src), std::move(dst));
  }
  c.invoke = [=](const call& k) {
    std::vector<std::unique_ptr<kernels::prepared_resize>> prepared;
    std::vector<kernels::prepared_pair> all;
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      prepared.push_back(k.row.resize.prepare(recipes[i]));
      if (prepared.back() == nullptr) return kernels::status::out_of_memory;
      all.push_back({prepared.back().get(), pairs_of(k)[i]});
    }
    auto done = kernels::status::ok;
    if (k.row.resize.run_together != nullptr) {
      done = k.row.resize.run_together(all, k.launch);
    } else {
      for (const auto& [resize, pair] : all)
        if (done == kernels::status::ok) done = resize->run({&pair, 1}, k.launch);
    }
    return done == kernels::status::ok ? k.row.memory.synchronize(k.launch.stream) : done;
  };
  return c;
}

static bool has_linear(const kernels::backend_table& row) { return row.resize.linear != nullptr; }
static bool has_nearest(const kernels::backend_table& row) { return row.resize.nearest != nullptr; }
static bool has_recipes(const kernels::backend_table& row) { return row.resize.prepare_in != nullptr; }

static const registered_operations cases{{
    {"resize.linear", "resize_bilinear", make_linear_case, has_linear},
    {"resize.nearest", "resize_nearest", make_nearest_case, has_nearest},
    {"resize.recipe", "resize", make_recipe_case, has_recipes},
    {"resize.filters", "resize", make_filter_case, has_recipes},
    {"resize.together", "resize", make_together_case, has_recipes},
}};

}  // namespace fluxel::parity::resize_cases
