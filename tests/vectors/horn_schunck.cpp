// Flow of two frames of one texture, by the quality levels as they are.

#include "fluxel/horn_schunck.hpp"

#include "tests/vectors/case.hpp"

namespace fluxel::vectors {

namespace {

constexpr int cell = 4;  // pixels of a square of one colour

/// Pixel (x, y) has the colour of the square that (x + shift, y) lies in.
template <class T>
image<T> make_frame(size s, int channels, int shift, std::uint64_t seed) {
  const auto squares = make_image<T>({(s.width + 1) / cell + 1, (s.height - 1) / cell + 1}, channels, 1, seed);
  image<T> im(s.width, s.height, channels);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x)
      for (int c = 0; c < channels; ++c) im(x, y, c) = squares((x + shift) / cell, y / cell, c);
  return im;
}

template <class T>
void print_case(parity::random& r, flow_quality quality, run_on device) {
  constexpr const char* names[] = {"fast", "balanced", "accurate"};
  const int w = r.between(5, 33), h = r.between(5, 25), channels = r.pick({1, 3, 4});
  const std::uint64_t seed = r.next() >> 32;
  const auto prev = make_frame<T>({w, h}, channels, 0, seed);
  const auto next = make_frame<T>({w, h}, channels, 1, seed);
  image<float> flow(w, h, 2);
  horn_schunck solver({w, h, channels, element_traits<T>::type}, horn_schunck_preset(quality), device);
  solver.solve<T>(prev.view(), next.view(), flow.view());
  line l("horn_schunck", "horn_schunck", element_traits<T>::type);
  l.extent("src", {w, h}).number("channels", std::uint64_t(channels)).text("quality", names[int(quality)]);
  l.number("seed", seed).print(hash_of(flow));
}

}  // namespace

void print_horn_schunck(const computer& by) {
  parity::random r(2031);
  for (auto quality : {flow_quality::fast, flow_quality::balanced, flow_quality::accurate})
    for (auto type : {element_type::u8, element_type::u16, element_type::f32})
      for (int i = 0; i < 4; ++i)
        with_element(type, [&]<class T>(T) {
          if constexpr (sizeof(T) == 1 || std::is_same_v<T, u16> || std::is_same_v<T, f32>)
            print_case<T>(r, quality, by.device);
        });
}

}  // namespace fluxel::vectors
