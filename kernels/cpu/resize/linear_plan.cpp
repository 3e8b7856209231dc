// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/linear_plan.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

namespace {

/// `linear_position` for every output. Positions repeat after `period` outputs, a whole number of pixels further,
/// so only the first few need divisions.
void fill_positions(const ratio& r, std::vector<position>& table) {
  const std::int64_t common = std::gcd(r.step, r.denominator);
  const auto period = static_cast<std::size_t>(std::min<std::int64_t>(r.denominator / common, r.dst_size));
  const auto advance = static_cast<std::int32_t>(r.step / common);
  table.resize(r.dst_size);
  const std::int64_t whole = r.step / r.denominator;
  const std::int64_t part = r.step - whole * r.denominator;
  std::int64_t index = r.first / r.denominator - (r.first % r.denominator < 0);
  std::int64_t rest = r.first - index * r.denominator;
  // Below 2^20 a quotient lies further from the next integer than a double can be off.
  const bool in_double = r.denominator < 1 << 20;
  const auto denominator = static_cast<double>(r.denominator);
  for (std::size_t i = 0; i < period; ++i) {
    const auto fraction = in_double ? static_cast<std::int64_t>(static_cast<double>(rest) * 0x1p32 / denominator)
                                    : static_cast<std::int64_t>((static_cast<std::uint64_t>(rest) << 32) /
                                                                static_cast<std::uint64_t>(r.denominator));
    table[i] = {static_cast<std::int32_t>(index), static_cast<std::uint32_t>(fraction)};
    index += whole;
    rest += part;
    if (rest >= r.denominator) rest -= r.denominator, ++index;
  }
  for (std::size_t i = period; i < table.size(); ++i)
    table[i] = {table[i - period].index + advance, table[i - period].fraction};
  for (auto& p : table) p = clamp_position(p.index, p.fraction, r.src_size);
}

bool is_identity(const std::vector<position>& table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].index != static_cast<std::int32_t>(i) || table[i].fraction != 0) return false;
  return true;
}

bool is_half(const std::vector<position>& table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].index != static_cast<std::int32_t>(2 * i) || table[i].fraction != 1u << 31) return false;
  return true;
}

/// Quarters between neighbors, and the border's pixel beyond the centers of the first and the last one.
bool is_double(const std::vector<position>& table) {
  constexpr std::uint32_t quarter = 1u << 30;
  const std::size_t last = table.size() - 1;
  if (table.size() < 4 || table.size() % 2 != 0) return false;
  for (std::size_t i = 1; i < last; ++i)
    if (table[i].index != static_cast<std::int32_t>((i - 1) / 2) ||
        table[i].fraction != (i % 2 == 0 ? 3 : 1) * quarter)
      return false;
  return table[0].index == 0 && table[0].fraction == 0 && table[last].fraction == 0 &&
         table[last].index == static_cast<std::int32_t>(last / 2);
}

/// Source pixels that the table reads: up to the last one.
int extent_of(const std::vector<position>& table) {
  std::int32_t extent = 1;
  for (const auto& p : table) extent = std::max(extent, p.index + (p.fraction != 0) + 1);
  return extent;
}

bool rows_are_used_once(const std::vector<position>& table) {
  std::size_t shared = 0;
  for (std::size_t i = 1; i < table.size(); ++i)
    shared += table[i].index <= table[i - 1].index + (table[i - 1].fraction != 0);
  return 8 * shared < table.size();
}

}  // namespace

void linear_plan::make(element_type t, int channels, last_rounding rounding, int low_zero_bits) {
  const row_geometry row{x, extent_of(x), channels, low_zero_bits, rounding};
  type = t;
  row_elements = row.dst_elements();
  copy = low_zero_bits == 0 && is_identity(x) && is_identity(y);
  rows_used_once = rows_are_used_once(y);
  if (copy || (is_half(x) && is_half(y) && rows.make_halves(row, type))) return;
  if (rounding == last_rounding::half_up && is_double(x) && is_double(y) && rows.make_doubles(row, type)) return;
  rows.make(row, type);
}

linear_geometry::linear_geometry(const image_pair& pair, element_type t, coordinates r)
    : type(t),
      rule(r),
      src_width(pair.src.width),
      src_height(pair.src.height),
      dst_width(pair.dst.width),
      dst_height(pair.dst.height),
      channels(pair.dst.channels),
      target(chosen_target_number()) {}

void linear_plan::make(const linear_geometry& g) {
  const auto along_x = make_ratio(g.rule, g.src_width, g.dst_width);
  const auto along_y = make_ratio(g.rule, g.src_height, g.dst_height);
  fill_positions(along_x, x);
  fill_positions(along_y, y);
  make(g.type, g.channels, rounding_of(common_denominator(along_x), common_denominator(along_y)), 0);
}

}  // namespace fluxel::kernels
