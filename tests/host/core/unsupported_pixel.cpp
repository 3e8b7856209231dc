// SPDX-License-Identifier: Apache-2.0
// Must not compile: int8_t is no pixel. unsupported_pixel.cmake reads what the compiler says.

#include <cstdint>

#include "fluxel/fluxel.hpp"

void call() {
  fluxel::image<std::int8_t> src(4, 4), dst(2, 2);
#if defined(CALL_OBJECT)
  fluxel::resizer({{4, 4}, {2, 2}}).run(src, dst);
#elif defined(WRITE_CONST)
  fluxel::image<fluxel::u8> pixels(4, 4);
  const fluxel::image<fluxel::u8> fixed(2, 2);
  fluxel::resize(pixels, fixed);
#elif defined(OTHER_TYPE)
  fluxel::image<fluxel::u8> pixels(4, 4);
  fluxel::image<fluxel::u16> wide(2, 2);
  fluxel::resize(pixels, wide);
#else
  fluxel::resize_bilinear(src, dst);
#endif
}
