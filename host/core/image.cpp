// SPDX-License-Identifier: Apache-2.0
#include "fluxel/image.hpp"

#include <limits>
#include <string>

#include "host/core/errors.hpp"

namespace fluxel {

namespace {

std::string text(size s) { return std::to_string(s.width) + "x" + std::to_string(s.height); }

void at_least(const char* argument, int value, int least) {
  if (value < least)
    host::reject({"image"}, argument,
                 "is " + std::to_string(value) + "; must be " + std::to_string(least) + " or more");
}

}  // namespace

inline namespace v0 {

std::size_t detail::image_elements(size s, int channels, int planes, int count, std::size_t element_bytes) {
  at_least("width", s.width, 1);
  at_least("height", s.height, 1);
  at_least("channels", channels, 1);
  at_least("planes", planes, 1);
  at_least("count", count, 0);
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / 8;
  std::size_t bytes = element_bytes;
  for (const int n : {s.width, s.height, channels, planes, count}) {
    host::require(n == 0 || bytes <= most / n, "image", "width", "and the other sizes are beyond the address space");
    bytes *= n;
  }
  return bytes / element_bytes;
}

void detail::image_out_of_memory() { host::throw_out_of_memory("image"); }

void detail::check_sub_view(size whole, int x, int y, size part) {
  const bool inside = x >= 0 && y >= 0 && part.width >= 1 && part.height >= 1 && x <= whole.width - part.width &&
                      y <= whole.height - part.height;
  if (!inside)
    host::reject({"sub_view"}, "x, y, w, h",
                 "are " + text(part) + " at (" + std::to_string(x) + ", " + std::to_string(y) +
                     "), which is not inside the view of " + text(whole));
}

}  // namespace v0
}  // namespace fluxel
