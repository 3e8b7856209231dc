// SPDX-License-Identifier: Apache-2.0
// Makes a number of calls of one resize, so that instructions per call can be counted from outside: count.py.
//
// usage: calls                               prints the names of who can resize
//        calls WHO PIXELS SCALING CALLS      as in bench_resize; prints the mean error
//
// Exit code 3: WHO has no such resize.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/rivals_cpu/exact.hpp"
#include "bench/rivals_cpu/rival.hpp"
#include "fluxel/resizer.hpp"

namespace fluxel::bench {
namespace {

constexpr int no_such_resize = 3;

prepared_call prepare_fluxel(const resize_task& task) {
  const resize_geometry geometry{task.src, task.dst, task.channels, task.type};
  auto object = std::make_shared<resizer>(geometry, resize_options{}, placement{.threads = task.threads});
  return {[task, object] {
            if (task.type == element_type::u8)
              object->run(image_view<const u8>(static_cast<const u8*>(task.from), task.src.width, task.src.height,
                                               task.channels),
                          image_view<u8>(static_cast<u8*>(task.to), task.dst.width, task.dst.height, task.channels));
            else
              object->run(image_view<const f32>(static_cast<const f32*>(task.from), task.src.width, task.src.height,
                                                task.channels),
                          image_view<f32>(static_cast<f32*>(task.to), task.dst.width, task.dst.height, task.channels));
          },
          {}};
}

prepared_call prepare(const std::string& who, const resize_task& task) {
  if (who == "fluxel") return prepare_fluxel(task);
  for (const rival& r : rivals())
    if (r.name == who) return r.prepare(task);
  return {};
}

template <class T>
int make_calls(const std::string& who, const scaling& s, int channels, int calls) {
  std::vector<T> from(static_cast<std::size_t>(s.src.width) * s.src.height * channels);
  std::vector<T> to(static_cast<std::size_t>(s.dst.width) * s.dst.height * channels);
  std::mt19937 random(1);
  for (T& value : from) value = static_cast<T>(random() >> 24);
  const resize_task task{element_traits<T>::type, s.src, s.dst, channels, 1, from.data(), to.data()};
  const prepared_call call = prepare(who, task);
  if (!call.run) return no_such_resize;
  for (int i = 0; i < calls; ++i) call.run();
  if (call.finish) call.finish();
  std::printf("%.3f\n", bilinear_error<T>(task).mean);
  return 0;
}

int run(const std::string& who, const std::string& pixels, const std::string& name, int calls) {
  for (const scaling& s : scalings) {
    if (name != s.name) continue;
    for (int channels : {1, 3, 4}) {
      if (pixels == pixel_name<u8>(channels)) return make_calls<u8>(who, s, channels, calls);
      if (pixels == pixel_name<f32>(channels)) return make_calls<f32>(who, s, channels, calls);
    }
  }
  std::fprintf(stderr, "calls: no case %s %s\n", pixels.c_str(), name.c_str());
  return 2;
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  if (argc == 5) return fluxel::bench::run(argv[1], argv[2], argv[3], std::atoi(argv[4]));
  for (const auto& r : fluxel::bench::rivals()) std::printf("%s\n", r.name.c_str());
  return argc == 1 ? 0 : 2;
}
