// SPDX-License-Identifier: Apache-2.0
#pragma once

// PTX setp and testp.

#include <cmath>

namespace ptx {

/// Comparisons are false for a NaN, except those with a u ("unordered") and nan.
template <class T>
bool nan(T a, T b) {
  return a != a || b != b;
}
template <class T>
bool num(T a, T b) {
  return !nan(a, b);
}
template <class T>
bool eq(T a, T b) {
  return a == b;
}
template <class T>
bool ne(T a, T b) {
  return num(a, b) && a != b;
}
template <class T>
bool lt(T a, T b) {
  return a < b;
}
template <class T>
bool le(T a, T b) {
  return a <= b;
}
template <class T>
bool gt(T a, T b) {
  return a > b;
}
template <class T>
bool ge(T a, T b) {
  return a >= b;
}
template <class T>
bool equ(T a, T b) {
  return nan(a, b) || a == b;
}
template <class T>
bool neu(T a, T b) {
  return a != b;
}
template <class T>
bool ltu(T a, T b) {
  return nan(a, b) || a < b;
}
template <class T>
bool leu(T a, T b) {
  return nan(a, b) || a <= b;
}
template <class T>
bool gtu(T a, T b) {
  return nan(a, b) || a > b;
}
template <class T>
bool geu(T a, T b) {
  return nan(a, b) || a >= b;
}

template <class T>
bool is_finite(T a) {
  return std::isfinite(a);
}
template <class T>
bool is_infinite(T a) {
  return std::isinf(a);
}
template <class T>
bool is_notanumber(T a) {
  return a != a;
}
template <class T>
bool is_number(T a) {
  return a == a;
}

}  // namespace ptx
