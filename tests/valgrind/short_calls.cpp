// SPDX-License-Identifier: Apache-2.0
// Short calls of every kind for valgrind, whose results are looked at: what is printed depends on every byte, so that
// memcheck reports a result that comes from memory which nothing has written.

#include <cstdint>
#include <cstdio>
#include <new>
#include <vector>

#include "fluxel/fluxel.hpp"

namespace {

using namespace fluxel;

std::uint32_t hash = 2166136261u;

template <class T>
void look_at(const image<T>& im) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(im.data());
  for (std::size_t i = 0; i < im.size() * sizeof(T); ++i) hash = (hash ^ bytes[i]) * 16777619u;
  if (hash == 0) std::puts("a rare hash");
}

template <class T>
image<T> pattern(int width, int height, int channels, int shift) {
  image<T> im(width, height, channels);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = static_cast<T>((i * i / 7 + 13 * i + shift) % 251);
  return im;
}

template <class T>
void resizes(const placement& where) {
  const auto src = pattern<T>(37, 29, 3, 0);
  for (const size to : {size{53, 41}, size{18, 14}, size{74, 58}}) {
    image<T> dst(to.width, to.height, 3);
    resize_bilinear(src, dst, {}, where);
    look_at(dst);
    resize_nearest(src, dst, {}, where);
    look_at(dst);
    for (const filter f : {filter::area, filter::bicubic, filter::lanczos3}) {
      resize(src, dst, {.filter = f}, where);
      look_at(dst);
    }
  }
  image<T> twice(74, 58, 3);
  upsample_conv_transpose(src, twice, 2, edge::zero, where);
  look_at(twice);
}

template <class Method>
void flow_of_a_sequence(const placement& where) {
  Method method({.width = 45, .height = 33}, {}, where);
  image<f32> flow(45, 33, 2), confidence(45, 33, 1);
  image<u8> validity(45, 33, 1);
  for (int frame = 0; frame < 3; ++frame)
    if (method.advance(flow_frame{pattern<u8>(45, 33, 1, frame)}, {flow, validity, confidence})) {
      look_at(flow);
      look_at(validity);
      look_at(confidence);
    }
}

void points(const placement& where) {
  const auto prev = pattern<u8>(45, 33, 1, 0), next = pattern<u8>(45, 33, 1, 1);
  std::vector<point> found(8), moved(8);
  std::vector<float> strength(8), error(8);
  std::vector<track_status> status(8);
  int count = 0;
  detect_features(prev, {}, {found, strength, &count}, {.max_count = 8}, where);
  track_points(prev, next, {.from = found, .to = moved, .status = status, .error = error}, {.window = 7}, where);
  for (int i = 0; i < count; ++i)
    hash = hash * 31 + (status[i] == track_status::tracked && moved[i].x > 20 && error[i] < strength[i] ? 1 : 2);
}

/// Looks at memory that nothing has written: memcheck must say so.
void plant() {
  auto* bytes = static_cast<unsigned char*>(::operator new(16));
  for (int i = 0; i < 16; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  ::operator delete(bytes);
  if (hash == 0) std::puts("a rare hash");
}

}  // namespace

int main(int argc, char**) {
  for (const int threads : {1, 2}) {
    const placement where{.processor = run_on::cpu, .threads = threads};
    resizes<u8>(where);
    resizes<u16>(where);
    resizes<f32>(where);
    flow_of_a_sequence<horn_schunck>(where);
    flow_of_a_sequence<lucas_kanade>(where);
    points(where);
  }
  if (argc > 1) plant();
  std::printf("%08x on %s\n", static_cast<unsigned>(hash), cpu_target().c_str());
}
