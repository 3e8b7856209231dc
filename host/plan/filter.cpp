#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/plan/axis.hpp"

namespace fluxel::plan {

namespace {

// sin(pi t) for t in [-0.5, 0.5] by its Taylor series in exact-order Horner form: the last bit must not depend on
// a libm. The first omitted term is below 1e-19.
double sin_pi_reduced(double t) {
  constexpr double pi = 3.14159265358979323846;
  const double x = pi * t;
  const double x2 = x * x;
  double sum = 0;
  for (int k = 23; k >= 3; k -= 2) sum = (1 + sum) * -x2 / ((k - 1) * k);
  return x * (1 + sum);
}

double sinc(double x) {
  if (x == 0) return 1;
  constexpr double pi = 3.14159265358979323846;
  const double turns = std::floor(x + 0.5);
  const double s = sin_pi_reduced(x - turns);
  const bool odd = std::fmod(turns, 2.0) != 0;
  return (odd ? -s : s) / (pi * x);
}

struct kernel_shape {
  filter kind;
  double cubic_a;

  double radius() const {
    switch (kind) {
      case filter::bicubic: return 2;
      case filter::lanczos3: return 3;
      default: return 1;
    }
  }
  double operator()(double x) const {
    x = std::fabs(x);
    switch (kind) {
      case filter::bicubic: {
        const double a = cubic_a;
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        if (x < 2) return ((x - 5) * x + 8) * x * a - 4 * a;
        return 0;
      }
      case filter::lanczos3: return x < 3 ? sinc(x) * sinc(x / 3) : 0;
      default: return x < 1 ? 1 - x : 0;
    }
  }
};

/// The exact weights of one output: weight[k] belongs to source pixel first + k, which may lie outside the image.
struct footprint {
  int first = 0;
  std::vector<double> weight;
};

footprint area_footprint(double position, double step) {
  const double low = position + 0.5 - 0.5 * step;
  const double high = low + step;
  footprint f{static_cast<int>(std::floor(low)), {}};
  for (int k = f.first; k < high; ++k)
    f.weight.push_back(std::min<double>(high, k + 1.0) - std::max<double>(low, k));
  return f;
}

footprint shaped_footprint(const kernel_shape& shape, double position, double stretch) {
  const double reach = shape.radius() * stretch;
  footprint f{static_cast<int>(std::ceil(position - reach)), {}};
  for (int k = f.first; k <= position + reach; ++k) f.weight.push_back(shape((k - position) / stretch));
  return f;
}

/// Border rule, then weights that sum to one. Dropping taps (antialias) or folding them into the edge pixel.
footprint fit_to_image(footprint f, int src_size, bool drop) {
  footprint in{std::clamp(f.first, 0, src_size - 1), {}};
  for (int k = 0; k < static_cast<int>(f.weight.size()); ++k) {
    const int at = f.first + k;
    if (drop && (at < 0 || at >= src_size)) continue;
    const int slot = std::clamp(at, 0, src_size - 1) - in.first;
    if (slot >= static_cast<int>(in.weight.size())) in.weight.resize(slot + 1);
    in.weight[slot] += f.weight[k];
  }
  double sum = 0;
  for (double w : in.weight) sum += w;
  if (in.weight.empty() || sum == 0) {  // the footprint lies wholly outside: the edge pixel alone
    in.first = f.first < 0 ? 0 : src_size - 1;
    in.weight = {1};
    return in;
  }
  for (double& w : in.weight) w /= sum;
  while (in.weight.size() > 1 && in.weight.back() == 0) in.weight.pop_back();
  while (in.weight.size() > 1 && in.weight.front() == 0) {
    in.weight.erase(in.weight.begin());
    ++in.first;
  }
  return in;
}

std::vector<footprint> footprints(const axis& a, const resize_options& options) {
  const double step = a.step();
  const bool drop = options.antialias == antialias::yes || options.filter == filter::area;
  const double stretch = options.antialias == antialias::yes ? std::max(step, 1.0) : 1.0;
  const kernel_shape shape{options.filter, options.cubic_a};
  std::vector<footprint> all(a.dst_size);
  for (int i = 0; i < a.dst_size; ++i) {
    const double p = a.position(i);
    auto f = options.filter == filter::area ? area_footprint(p, step) : shaped_footprint(shape, p, stretch);
    all[i] = fit_to_image(std::move(f), a.src_size, drop);
  }
  return all;
}

}  // namespace

kernels::filter_axis filter_table(const axis& a, const resize_options& options, int integer_limit, int max_bits) {
  auto all = footprints(a, options);
  kernels::filter_axis table{.src_size = a.src_size, .dst_size = a.dst_size};
  double largest = 0;
  for (const auto& f : all) {
    table.taps = std::max(table.taps, static_cast<int>(f.weight.size()));
    for (double w : f.weight) largest = std::max(largest, std::fabs(w));
  }
  const std::size_t taps = table.taps;
  table.first.resize(all.size());
  auto place = [&](std::size_t i) {  // shift the window so that every tap, padding too, is inside the image
    table.first[i] = std::min(all[i].first, a.src_size - table.taps);
    return i * taps + (all[i].first - table.first[i]);
  };
  if (integer_limit == 0) {
    table.weight.assign(all.size() * taps, 0.0f);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t at = place(i);
      for (std::size_t k = 0; k < all[i].weight.size(); ++k) table.weight[at + k] = float(all[i].weight[k]);
    }
    return table;
  }
  // Rounding the prefix sums may move a weight by one unit beyond its own rounding.
  while (table.integer_bits < max_bits && largest * std::ldexp(1.0, table.integer_bits + 1) + 1 <= integer_limit)
    ++table.integer_bits;
  const double one = std::ldexp(1.0, table.integer_bits);
  table.integer.assign(all.size() * taps, 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t at = place(i);
    double prefix = 0;
    std::int32_t rounded = 0;
    for (std::size_t k = 0; k < all[i].weight.size(); ++k) {
      prefix += all[i].weight[k];
      const bool last = k + 1 == all[i].weight.size();
      const auto next = static_cast<std::int32_t>(last ? one : std::floor(prefix * one + 0.5));
      table.integer[at + k] = next - rounded;
      rounded = next;
    }
  }
  return table;
}

}  // namespace fluxel::plan
