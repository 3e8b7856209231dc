// SPDX-License-Identifier: Apache-2.0
// Prints which operation takes which pixels and layouts on which backend, found by calling it: the table of
// docs/architecture.md. Where CUDA can be used, a cell where it takes something else says so.

#include <cstddef>
#include <cstdio>
#include <string>
#include <type_traits>
#include <vector>

#include "fluxel/fluxel.hpp"

namespace {

using namespace fluxel;

struct layout {
  const char* letter;
  bool planar;
};
constexpr layout layouts[] = {{"i", false}, {"p", true}};
constexpr size small{12, 10}, large{24, 20};

template <class T>
image<T> make(size s, const layout& l, int channels = 3) {
  return l.planar ? image<T>(s.width, s.height, 1, channels) : image<T>(s.width, s.height, channels);
}

template <class T>
constexpr bool is_float = !std::is_integral_v<T>;
template <class T>
constexpr bool is_flow = std::is_integral_v<T> || std::is_same_v<T, f32>;

// One struct for each operation: the pixels for which it compiles, and a call.

struct any_pixel {
  template <class T>
  static constexpr bool compiles = true;
};
struct float_pixel {
  template <class T>
  static constexpr bool compiles = is_float<T>;
};
struct flow_pixel {
  template <class T>
  static constexpr bool compiles = is_flow<T>;
};

struct bilinear : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>(large, l);
    resize_bilinear(src, dst, {}, where);
  }
};
struct nearest : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>(large, l);
    resize_nearest(src, dst, {}, where);
  }
};
struct filtered : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(large, l), dst = make<T>(small, l);
    resize(src, dst, {.filter = filter::lanczos3, .antialias = antialias::yes}, where);
  }
};
struct straight_alpha : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(large, l, 4), dst = make<T>(small, l, 4);
    resize(src, dst, {.alpha = alpha::straight}, where);
  }
};
struct frames : any_pixel {
  static frame_format format_of(size s, const layout& l, std::size_t bytes) {
    if (bytes == 1) return l.planar ? formats::yuv(s, 1, 1) : formats::nv12(s);
    return l.planar ? formats::yuv(s, 1, 1, 10) : formats::p010(s);
  }
  template <class T>
  static constexpr bool compiles = std::is_integral_v<T>;
  template <class T>
  static void call(const layout& l, const placement& where) {
    std::vector<std::vector<T>> memory;
    const auto make_frame = [&](size s) {
      frame_view<void> f{.format = format_of(s, l, sizeof(T))};
      for (int p = 0; p < f.format.plane_count; ++p) {
        const size plane = f.format.plane_size(p);
        const int row = plane.width * f.format.planes[std::size_t(p)].channels;
        memory.emplace_back(std::size_t(row) * std::size_t(plane.height));
        f.data[std::size_t(p)] = memory.back().data();
        f.pitch[std::size_t(p)] = row * std::ptrdiff_t{sizeof(T)};
      }
      return f;
    };
    const auto src = make_frame(small), dst = make_frame(large);
    resize_frame(src, dst, {}, where);
  }
};
struct convolution : float_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>({25, 21}, l);
    const std::vector<T> weights(3 * 3 * 3 * 3);
    conv_transpose<T>(src, {weights.data(), 3, 3, 3, 3}, {}, dst, {.stride_x = 2, .stride_y = 2}, where);
  }
};
struct upsampling : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>(large, l);
    upsample_conv_transpose(src, dst, 2, edge::zero, where);
  }
};
struct adjoint : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(large, l), dst = make<T>(small, l);
    resize_bilinear_adjoint(src, dst, {}, where);
  }
};

template <class T>
flow_geometry geometry_of(const layout& l) {
  return {
      .width = large.width, .height = large.height, .channels = l.planar ? 1 : 3, .type = element_traits<T>::type};
}
template <class Method>
struct dense : flow_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    const auto prev = make<T>(large, l), next = make<T>(large, l);
    image<f32> flow(large.width, large.height, 2);
    Method(geometry_of<T>(l), {}, where).run(prev, next, flow.view());
  }
};
struct colors {
  template <class T>
  static constexpr bool compiles = std::is_same_v<T, f32>;
  template <class T>
  static void call(const layout& l, const placement& where) {
    const auto flow = l.planar ? image<T>(large.width, large.height, 1, 2) : image<T>(large.width, large.height, 2);
    image<u8> drawn(large.width, large.height, 3);
    draw_flow(flow.view(), drawn.view(), {}, where);
  }
};
struct warping : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>(large, l);
    const image<f32> flow(large.width, large.height, 2);
    warp(src, flow.view(), dst, {}, where);
  }
};
struct perspective : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(small, l), dst = make<T>(large, l);
    warp_perspective(src, {}, dst, {}, where);
  }
};
struct splatting : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto src = make<T>(large, l), dst = make<T>(large, l);
    const image<f32> flow(large.width, large.height, 2);
    splat(src, flow.view(), dst, {}, {}, where);
  }
};
struct blending : any_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    auto a = make<T>(large, l), b = make<T>(large, l), dst = make<T>(large, l);
    const image<u8> weight(large.width, large.height);
    blend(a, b, weight.view(), dst, {}, where);
  }
};
struct tracking : flow_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    const auto prev = make<T>(large, l), next = make<T>(large, l);
    const std::vector<point> from(4, point{5, 5});
    std::vector<point> to(4);
    std::vector<track_status> status(4);
    point_tracker(geometry_of<T>(l), 4, {}, where).run(prev, next, {.from = from, .to = to, .status = status});
  }
};
struct corners : flow_pixel {
  template <class T>
  static void call(const layout& l, const placement& where) {
    const auto frame = make<T>(large, l);
    std::vector<point> points(4);
    int count = 0;
    feature_detector(geometry_of<T>(l), {.max_count = 4}, where).run(frame, {}, {.points = points, .count = &count});
  }
};

/// The layouts that one backend takes.
template <class Operation, class T>
std::string layouts_on(run_on processor) {
  std::string letters;
  for (const layout& l : layouts) {
    try {
      Operation::template call<T>(l, {.processor = processor, .threads = 1});
      letters.append(letters.empty() ? "" : " ").append(l.letter);
    } catch (const error& e) {
      if (e.code() != errc::invalid_argument) throw;
    }
  }
  return letters;
}

template <class Operation, class T>
void print_cell() {
  std::string cpu, cuda;
  if constexpr (Operation::template compiles<T>) {
    cpu = layouts_on<Operation, T>(run_on::cpu);
    cuda = device_count() > 0 ? layouts_on<Operation, T>(run_on::cuda) : cpu;
  }
  if (cpu == cuda)
    std::printf(" %s |", cpu.empty() ? "–" : cpu.c_str());
  else
    std::printf(" CPU %s, CUDA %s |", cpu.c_str(), cuda.c_str());
}

template <class Operation>
void print_row(const char* name) {
  std::printf("| %s |", name);
  print_cell<Operation, u8>();
  print_cell<Operation, u16>();
  print_cell<Operation, f16>();
  print_cell<Operation, bf16>();
  print_cell<Operation, f32>();
  std::printf("\n");
}

}  // namespace

int main() {
  std::printf("| | u8 | u16 | f16 | bf16 | f32 |\n|---|---|---|---|---|---|\n");
  print_row<bilinear>("`resize_bilinear`");
  print_row<nearest>("`resize_nearest`");
  print_row<filtered>("`resize`, every filter");
  print_row<straight_alpha>("`resize`, straight alpha");
  print_row<frames>("`resize_frame`: NV12, P010 (i), planar YUV (p)");
  print_row<convolution>("`conv_transpose`");
  print_row<upsampling>("`upsample_conv_transpose`");
  print_row<adjoint>("`resize_bilinear_adjoint`");
  print_row<dense<horn_schunck>>("`horn_schunck`");
  print_row<dense<lucas_kanade>>("`lucas_kanade`");
  print_row<colors>("`draw_flow`, `measure_flow_lengths`");
  print_row<warping>("`warp`");
  print_row<perspective>("`warp_perspective`");
  print_row<splatting>("`splat`");
  print_row<blending>("`blend`");
  print_row<tracking>("`point_tracker`");
  print_row<corners>("`feature_detector`");
  return 0;
}
