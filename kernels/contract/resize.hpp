// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "fluxel/coordinates.hpp"
#include "fluxel/types.hpp"
#include "kernels/contract/axis.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"
#include "kernels/contract/memory.hpp"

namespace fluxel::kernels {

/// How a bilinear resize of integers rounds its result (kernels/common/resize/lerp.hpp): half up, or biased so that
/// exact ties round up despite rounded weights.
enum class last_rounding : int { half_up, half_up_biased };

/// Copies the elements that the tables name, whatever they mean.
struct nearest_recipe {
  int element_bytes = 1;
  std::vector<position> x, y;  ///< whole pixels: fractions are 0
};

struct linear_recipe {
  std::vector<position> x, y;
  last_rounding rounding{};
  int low_zero_bits = 0;  ///< u16 with high alignment (P010): pixels are value << low_zero_bits
};

/// A filter as a table: output i is the sum over k of weight[i * taps + k] * source[first[i] + k].
/// Every tap is inside the image.
struct filter_axis {
  int src_size = 0;
  int dst_size = 0;
  int taps = 0;
  std::vector<std::int32_t> first;
  std::vector<float> weight;          ///< float pixels
  std::vector<std::int32_t> integer;  ///< integer pixels: each output's weights sum to 1 << integer_bits
  int integer_bits = 0;
};

/// The arithmetic of a filtered resize.
enum class filter_engine : int {
  i16,  ///< u8: weights and intermediate samples fit 16 bits, sums 32
  i64,  ///< u8 and u16: weights and intermediate samples fit 32 bits, sums 64
  f32,  ///< float pixels
};

enum class pass_order : int { horizontal_first, vertical_first };

struct filtered_recipe {
  filter_axis x, y;
  pass_order order{};
  filter_engine engine = filter_engine::f32;
  // Integer pixels:
  int intermediate_bits = 0;  ///< fraction bits kept between the passes
  int max_value = 0;          ///< results are clamped to [0, max_value]
  int low_zero_bits = 0;      ///< as in linear_recipe
};

/// All that a resize of fixed geometry needs to know, made by host/plan; a pure function of its descriptor.
struct resize_recipe {
  element_type type{};
  int channels = 1;
  std::variant<nearest_recipe, linear_recipe, filtered_recipe> method;
};

/// A recipe made ready on one backend: tables where the kernels can read them. `run` is const and reentrant.
class prepared_resize {
 public:
  virtual ~prepared_resize() = default;
  /// Each pair has the recipe's sizes and channels; planes and count may differ.
  virtual status run(std::span<const image_pair> pairs, const launch_options& launch) const = 0;
};

/// A pair, and what was made ready for its sizes and channels.
struct prepared_pair {
  const prepared_resize* resize = nullptr;
  image_pair pair;
};

struct resize_functions {
  /// Without tables: positions are computed from the ratio. Allocates nothing on CUDA; pairs may differ in size.
  status (*linear)(std::span<const image_pair> pairs, element_type type, coordinates rule,
                   const launch_options& launch);
  status (*nearest)(std::span<const image_pair> pairs, int element_bytes, coordinates rule, nearest_rounding rounding,
                    const launch_options& launch);
  /// nullptr when memory ran out.
  std::unique_ptr<prepared_resize> (*prepare_in)(const resize_recipe& recipe, const table_allocator& memory);
  /// Pairs of any sizes in as few launches as their kernels allow; null: the backend gains nothing by it.
  status (*run_together)(std::span<const prepared_pair> pairs, const launch_options& launch) = nullptr;

  std::unique_ptr<prepared_resize> prepare(const resize_recipe& recipe, const table_allocator& memory = {}) const {
    return prepare_in(recipe, memory);
  }
};

}  // namespace fluxel::kernels
