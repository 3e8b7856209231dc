// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every published case needs: its elements, its line, and the row that computes it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize_options.hpp"
#include "host/parity/suite/elements.hpp"
#include "host/parity/suite/random.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::vectors {

/// Who computes: kernels directly, or objects that choose them.
struct computer {
  const kernels::backend_table* row;
  run_on device;
};

/// The lines of all operations.
std::vector<std::string> lines_by(const computer& by);

/// The numbers that draw one case's sizes, options and seed. Every case has its own: a new filter, variant or type
/// draws no other case anew.
parity::random numbers_of(std::string_view operation, std::string_view variant, element_type type, int index);

/// Significant bits of u16, and the zeros below them.
struct depth {
  int bits = 16;
  int low_zero_bits = 0;
};

/// Element i is made from the i-th number of SplitMix64 started with `seed`, as README.md states.
std::vector<unsigned char> make_elements(element_type type, std::size_t count, std::uint64_t seed, depth d = {});

template <class T>
image<T> make_image(size s, int channels, int planes, std::uint64_t seed) {
  image<T> im(s.width, s.height, channels, planes);
  const auto bytes = make_elements(element_traits<T>::type, im.size(), seed);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(im.data()));
  return im;
}

template <class T>
std::uint64_t hash_of(const image<T>& im) {
  return parity::hash_bytes(im.data(), im.size() * sizeof(T));
}

/// The hash of lists that follow each other: hash_list(second, hash_list(first)).
template <class T>
std::uint64_t hash_list(const std::vector<T>& list, std::uint64_t hash = parity::hash_start) {
  return parity::hash_bytes(list.data(), list.size() * sizeof(T), hash);
}

using parity::with_element;

/// The same without integers.
template <class F>
void with_float(element_type type, F&& f) {
  with_element(type, [&]<class T>(T v) {
    if constexpr (!std::is_integral_v<T>) f(v);
  });
}

/// One line of the file: an object of JSON, in the order of its keys.
class line {
 public:
  line(const char* operation, const char* promise, element_type type);
  line& text(const char* key, const char* value);
  line& number(const char* key, std::uint64_t value);
  line& real(const char* key, double value);
  line& truth(const char* key, bool value);
  line& numbers(const char* key, const std::vector<int>& values);
  line& reals(const char* key, const std::vector<double>& values);
  line& sizes(size src, size dst) { return extent("src", src).extent("dst", dst); }
  line& extent(const char* key, size s) { return numbers(key, {s.width, s.height}); }
  line& hash(const char* key, std::uint64_t value);
  void print(std::uint64_t value);  ///< to the lines, with the last key, `hash`

 private:
  line& raw(const char* key, const std::string& value);
  std::string text_;
};

const char* name_of(coordinates rule);
const char* name_of(filter f);
const char* name_of(element_type type);

/// An operation's file enters itself: `const operation entry{"name", print};`.
class operation {
 public:
  operation(const char* name, void (*print)(const computer& by));
};

}  // namespace fluxel::vectors
