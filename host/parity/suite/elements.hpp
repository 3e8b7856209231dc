// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/types.hpp"

namespace fluxel::parity {

/// Calls f with a value of the type: f(u8{}), ...
template <class F>
void with_element(element_type type, F&& f) {
  switch (type) {
    case element_type::u8:
      return f(u8{});
    case element_type::u16:
      return f(u16{});
    case element_type::f16:
      return f(f16{});
    case element_type::bf16:
      return f(bf16{});
    case element_type::f32:
      return f(f32{});
  }
}

}  // namespace fluxel::parity
