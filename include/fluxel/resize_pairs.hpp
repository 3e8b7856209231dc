// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <ranges>
#include <span>

#include "fluxel/image_like.hpp"

namespace fluxel {
inline namespace v0 {

/// One source and destination of a ragged batch.
template <class T>
struct resize_pair {
  image_view<const T> src = {};
  image_view<T> dst = {};
};

namespace detail {

/// A list of resize_pair<T>, T aside.
struct untyped_pairs {
  struct item {
    untyped_view src = {}, dst = {};
  };
  const void* first = nullptr;
  std::size_t count = 0;
  item (*at)(const void* first, std::size_t i) = nullptr;
  element_type type{};
};

template <pixel T>
untyped_pairs untyped(std::span<const resize_pair<T>> pairs) {
  return {pairs.data(), pairs.size(),
          [](const void* first, std::size_t i) -> untyped_pairs::item {
            const auto& pair = static_cast<const resize_pair<T>*>(first)[i];
            return {untyped(pair.src), untyped(pair.dst)};
          },
          element_traits<T>::type};
}

template <class T>
struct pixel_of_pair {};
template <pixel T>
struct pixel_of_pair<resize_pair<T>> {
  using type = T;
};
/// A contiguous range of resize_pair<T>.
template <class R>
concept pair_range = std::ranges::contiguous_range<R> && std::ranges::sized_range<R> && requires {
  typename pixel_of_pair<std::ranges::range_value_t<R>>::type;
};

}  // namespace detail

}  // namespace v0
}  // namespace fluxel
