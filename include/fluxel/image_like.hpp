// SPDX-License-Identifier: Apache-2.0
#pragma once

// What counts as a pixel and as an image, and how the arguments of a call become views.

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "fluxel/image_view.hpp"

namespace fluxel {
inline namespace v0 {

/// The types of pixel values that images are resized, convolved and tracked in.
template <class T>
concept pixel = std::same_as<T, u8> || std::same_as<T, u16> || std::same_as<T, f16> || std::same_as<T, bf16> ||
    std::same_as<T, f32>;

namespace detail {

/// A view whose type of elements is a value. `type` is 0 for elements that are no pixels.
struct untyped_view {
  void* data = nullptr;
  int width = 0;
  int height = 0;
  int channels = 1;
  std::ptrdiff_t pitch = 0;
  int planes = 1;
  std::ptrdiff_t plane_stride = 0;
  int count = 1;
  std::ptrdiff_t stride = 0;
  memory_kind memory = memory_kind::host;
  int element_bytes = 1;
  element_type type{};
};

template <class T>
untyped_view untyped(const image_view<T>& v) {
  using element = std::remove_const_t<T>;
  untyped_view u{const_cast<element*>(v.data),
                 v.width,
                 v.height,
                 v.channels,
                 v.pitch,
                 v.planes,
                 v.plane_stride,
                 v.count,
                 v.stride,
                 v.memory,
                 sizeof(T),
                 {}};
  if constexpr (pixel<element>) u.type = element_traits<element>::type;
  return u;
}

template <class T>
std::remove_const_t<T> element_of_view(const image_view<T>&);
template <class V>
using as_lvalue = std::remove_reference_t<V>&;

template <class V, class T>
concept converts_to_view_of =
    std::is_convertible_v<V, image_view<T>> || std::is_convertible_v<V, image_view<const T>>;

template <class V>
consteval auto find_element() {
  if constexpr (requires(as_lvalue<V> v) { element_of_view(v); })
    return std::type_identity<decltype(element_of_view(std::declval<as_lvalue<V>>()))>{};
  else if constexpr (requires(as_lvalue<V> v) { element_of_view(v.view()); })
    return std::type_identity<decltype(element_of_view(std::declval<as_lvalue<V>>().view()))>{};
  else if constexpr (converts_to_view_of<V, u8>)
    return std::type_identity<u8>{};
  else if constexpr (converts_to_view_of<V, u16>)
    return std::type_identity<u16>{};
  else if constexpr (converts_to_view_of<V, f16>)
    return std::type_identity<f16>{};
  else if constexpr (converts_to_view_of<V, bf16>)
    return std::type_identity<bf16>{};
  else if constexpr (converts_to_view_of<V, f32>)
    return std::type_identity<f32>{};
  else
    return std::type_identity<void>{};
}

/// The type of the elements of an image, view, or type that converts to a view; void for everything else.
template <class V>
using element_of = typename decltype(find_element<V>())::type;

/// The element type of a call: the one the caller writes, as in resize_bilinear<u8>(...), or else that of `V`.
struct deduced {};
template <class T, class V>
using element_or = std::conditional_t<std::is_same_v<T, deduced>, element_of<V>, T>;

/// An argument that is only read, as a view of T.
template <class T, class V>
untyped_view source(V&& v) {
  if constexpr (std::is_convertible_v<V, image_view<const T>>)
    return untyped<const T>(std::forward<V>(v));
  else if constexpr (std::is_convertible_v<V, image_view<T>>)
    return untyped<T>(std::forward<V>(v));
  else if constexpr (requires(as_lvalue<V> a) { image_view<const T>(a.view()); })
    return untyped<const T>(v.view());
  else
    static_assert(std::is_void_v<T>, "fluxel: an input is not an image with the output's type of elements");
  return {};
}

/// An argument that is written, as a view of T.
template <class T, class V>
untyped_view target(V&& v) {
  if constexpr (std::is_convertible_v<V, image_view<T>>)
    return untyped<T>(std::forward<V>(v));
  else if constexpr (requires(as_lvalue<V> a) { image_view<T>(a.view()); })
    return untyped<T>(v.view());
  else
    static_assert(std::is_void_v<T>, "fluxel: an output is not an image that can be written");
  return {};
}

/// The element type of a call on pixels, with the one message that a wrong one gets.
template <class T>
consteval void check_pixel() {
  static_assert(pixel<T>, "fluxel: pixels must be u8, u16, f16, bf16 or f32");
}

}  // namespace detail

/// An image, a view, or anything that converts to a view or has one as `view()`. All calls take them alike.
template <class V>
concept image_like = !std::is_void_v<detail::element_of<V>>;

}  // namespace v0
}  // namespace fluxel
