// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the name of a pixel type to the type: the one switch over element_type.
//
//   visit_pixel_type(every_pixel_type, type, status::unsupported,
//                    [&]<class T>(std::type_identity<T>) { return run<T>(...); });
//
// Explicit instantiations name their types through the lists below, one line per template:
//
//   #define INSTANTIATE(T) template void run<T>(...);
//   FLUXEL_EVERY_PIXEL_TYPE(INSTANTIATE)

#include <type_traits>
#include <utility>

#include "fluxel/types.hpp"

#define FLUXEL_EVERY_PIXEL_TYPE(X) X(u8) X(u16) X(f16) X(bf16) X(f32)
#define FLUXEL_EVERY_FLOAT_TYPE(X) X(f16) X(bf16) X(f32)
#define FLUXEL_EVERY_FLOW_TYPE(X) X(u8) X(u16) X(f32)

namespace fluxel::kernels {

template <class... Types>
struct pixel_types {};

inline constexpr pixel_types<u8, u16, f16, bf16, f32> every_pixel_type;
inline constexpr pixel_types<f16, bf16, f32> every_float_type;
inline constexpr pixel_types<u8, u16, f32> every_flow_type;  ///< what frames of the flow solvers are made of

/// visit(std::type_identity<T>()) for the T among `Types` that `type` names; `otherwise` when there is none.
template <class... Types, class Result, class Visit>
Result visit_pixel_type(pixel_types<Types...>, element_type type, Result otherwise, Visit&& visit) {
  auto visited = [&]<class T>(std::type_identity<T> t) {
    if (type != element_traits<T>::type) return false;
    otherwise = visit(t);
    return true;
  };
  static_cast<void>((visited(std::type_identity<Types>()) || ...));
  return otherwise;
}

}  // namespace fluxel::kernels
