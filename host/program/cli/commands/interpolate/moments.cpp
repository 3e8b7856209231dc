// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/interpolate/moments.hpp"

#include <climits>
#include <numeric>

namespace fluxel::cli {

namespace {

__extension__ using wide = __int128;  // products of a time and both sides of two clocks

}  // namespace

video::stream_clock moments::plan(const video::stream_clock& in) {
  in_tick_ = in.tick;
  if (wanted_.rate) return {{wanted_.rate->den, wanted_.rate->num}, *wanted_.rate};
  if (wanted_.slow) return in;
  // Encoders and containers count in ints; a clock too fine for them is left as it is, and times are rounded to it.
  const auto finer = [&](int n) { return n <= INT_MAX / wanted_.factor ? n * wanted_.factor : n; };
  video::stream_clock out{{in.tick.num, finer(in.tick.den)}, {finer(in.rate.num), in.rate.den}};
  const int common = std::gcd(out.tick.num, out.tick.den);
  out.tick = {out.tick.num / common, out.tick.den / common};
  return out;
}

void moments::open(std::int64_t start, std::int64_t end, int frames) {
  start_ = start;
  end_ = end;
  at_ = 0;
  parts_ = std::int64_t{wanted_.factor} * frames;
  if (!wanted_.rate || number_) return;
  // The first result stands at or before the first picture.
  const wide ticks = wide{start} * in_tick_.num * wanted_.rate->num;
  const wide one = wide{in_tick_.den} * wanted_.rate->den;
  number_ = static_cast<std::int64_t>(ticks >= 0 ? ticks / one : -((-ticks + one - 1) / one));
}

std::optional<moments::result> moments::next() { return wanted_.rate ? next_of_rate() : next_of_factor(); }

std::optional<moments::result> moments::next_of_rate() {
  // Times as multiples of 1 / (in.den * rate.num) seconds.
  const wide unit_in = wide{in_tick_.num} * wanted_.rate->num;
  const wide now = wide{*number_} * wanted_.rate->den * in_tick_.den;
  const wide start = start_ * unit_in, end = end_ * unit_in;
  if (now >= end) return std::nullopt;
  const double moment = now <= start ? 0 : static_cast<double>(now - start) / static_cast<double>(end - start);
  return result{{(*number_)++, 1}, moment};
}

std::optional<moments::result> moments::next_of_factor() {
  if (at_ >= parts_) return std::nullopt;
  // A result's place in ticks of the output's clock: the input's, divided by the factor or stretched by it.
  const std::int64_t frames = parts_ / wanted_.factor;
  const auto time = [&](std::int64_t i) {
    return start_ * wanted_.factor + static_cast<std::int64_t>(wide{end_ - start_} * i / frames);
  };
  const result r{{time(at_), time(at_ + 1) - time(at_)}, static_cast<double>(at_) / static_cast<double>(parts_)};
  ++at_;
  return r;
}

}  // namespace fluxel::cli
