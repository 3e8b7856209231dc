// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is behind a `resizer` of images, and behind a single `resize`.

#include <list>
#include <optional>
#include <span>

#include "fluxel/resizer.hpp"
#include "host/core/call.hpp"
#include "host/resize/resize_engine.hpp"

namespace fluxel::host {

class resizer_state {
 public:
  resizer_state(const resize_options& options, const placement& where, const char* function);

  /// Adds a geometry, and makes its tables on the backends that are prepared already.
  void prepare(const call_site& site, const resize_geometry& geometry);
  /// As prepare, and every call must have this geometry.
  void fix(const resize_geometry& geometry);
  /// Makes the tables of all geometries for calls on such memory.
  void prepare(memory_kind memory);

  void run(const any_view& src, const any_view& dst, stream_ref stream) const;
  void run(const detail::untyped_pairs& pairs, stream_ref stream) const;

  const resolved_placement& where() const { return where_; }

 private:
  struct known_geometry {
    resize_geometry geometry;
    plane_plan plan;
    per_backend<resize_engine> engines;
  };

  const known_geometry* find(const resize_geometry& geometry) const;
  /// Whether kernels compute the positions themselves.
  bool needs_no_table(const resize_geometry& geometry) const;
  resize_engine& engine_on(backend b, const known_geometry& known) const;
  void check_known(const call_site& site, const resize_geometry& geometry) const;
  void check_pairs(const detail::untyped_pairs& pairs) const;
  /// Pairs whose kernels need no tables.
  kernels::status run_without_tables(element_type type, std::span<const kernels::image_pair> pairs,
                                     const run_context& context) const;
  /// Pairs with the tables of each.
  kernels::status run_with_tables(std::span<const known_geometry* const> known,
                                  std::span<const kernels::image_pair> pairs, const run_context& context) const;
  /// `known`: of each pair, or all null.
  void run_chunk(std::span<const known_geometry* const> known, element_type type,
                 std::span<const kernels::image_pair> pairs, bool staged, const run_context& context) const;

  resolved_placement where_;
  resize_options options_;
  std::optional<resize_geometry> fixed_;
  std::list<known_geometry> known_;
  bool made_ahead_[2] = {};  ///< whether a backend's tables are made with the geometry
  mutable staging_room room_;
};

}  // namespace fluxel::host
