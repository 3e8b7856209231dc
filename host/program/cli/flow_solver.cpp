// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/flow_solver.hpp"

#include <utility>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/program/cli/flow_parameters.hpp"
#include "host/program/cli/values.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::plain_picture;

template <class Solver>
class solver_of : public flow_solver {
 public:
  template <class Options>
  solver_of(const plain_picture& like, const Options& options, run_on where)
      : solver_({like.width, like.height, like.channels, like.type}, options, where) {}

  bool advance(const plain_picture& next, flow_start start, const flow_result& result) override {
    switch (next.type) {
      case element_type::u8:
        return step<u8>(next, start, result);
      case element_type::f32:
        return step<float>(next, start, result);
      default:
        return step<u16>(next, start, result);
    }
  }

  fluxel::backend backend() const override { return solver_.backend(); }

 private:
  template <class T>
  bool step(const plain_picture& next, flow_start start, const flow_result& result) {
    return solver_.template advance<T>({.frame = next.view<T>(), .start = start}, result);
  }

  Solver solver_;
};

template <class Solver, class Options>
class method_of : public flow_method {
 public:
  explicit method_of(const Options& options) : options_(options) {
    Solver({64, 64}, options, run_on::cpu);  // says what is out of range before any file is touched
  }

  std::unique_ptr<flow_solver> make(const plain_picture& like, run_on where) const override {
    Options options = options_;
    if (like.type == element_type::u16) options.bit_depth = like.bit_depth;
    return std::make_unique<solver_of<Solver>>(like, options, where);
  }

  std::string describe() const override { return describe_parameters(options_); }

 private:
  Options options_;
};

horn_schunck_options horn_schunck_of(flow_mode mode, flow_quality quality) {
  switch (mode) {
    case flow_mode::multiscale:
      return horn_schunck_multiscale();
    case flow_mode::classic:
      return horn_schunck_classic();
    default:
      return horn_schunck_preset(quality);
  }
}

lucas_kanade_options lucas_kanade_of(flow_mode mode, flow_quality quality) {
  switch (mode) {
    case flow_mode::multiscale:
      return lucas_kanade_multiscale();
    case flow_mode::classic:
      return lucas_kanade_classic();
    default:
      return lucas_kanade_preset(quality);
  }
}

template <class Solver, class Options>
std::unique_ptr<flow_method> make_method(Options options, const flow_arguments& a) {
  set_parameters(options, a.parameters, a.method);
  options.threads = a.device.threads;
  return std::make_unique<method_of<Solver, Options>>(options);
}

}  // namespace

std::unique_ptr<flow_method> choose_method(const flow_arguments& a) {
  const flow_algorithm algorithm = read_flow_method(a.method);
  const flow_mode mode = read_flow_mode(a.mode);
  const flow_quality quality = read_quality(a.quality.empty() ? "balanced" : a.quality);
  if (mode != flow_mode::tuned && !a.quality.empty())
    throw video::failure(video::fault::usage, "--quality goes with --mode tuned");
  if (algorithm == flow_algorithm::lucas_kanade) return make_method<lucas_kanade>(lucas_kanade_of(mode, quality), a);
  return make_method<horn_schunck>(horn_schunck_of(mode, quality), a);
}

}  // namespace fluxel::cli
