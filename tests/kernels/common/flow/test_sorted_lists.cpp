// SPDX-License-Identifier: Apache-2.0
// Networks of minima and maxima, by the 0-1 principle: one that is right for all lists of zeros and ones is right for
// all lists (Knuth, The Art of Computer Programming 3, 5.3.4).
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using value = int;
value smaller(value a, value b) { return std::min(a, b); }
value larger(value a, value b) { return std::max(a, b); }
#define FLUXEL_LIST_INLINE inline
#define FLUXEL_LIST_UNROLL
#include "kernels/common/flow/sorted_lists.inc"

/// n values, sorted, of which the first `zeros` are 0.
template <int n>
list<n> zeros_then_ones(int zeros) {
  list<n> out;
  for (int i = 0; i < n; ++i) out.at[i] = i >= zeros;
  return out;
}

template <int n, int m, class Check>
void for_sorted_lists(const Check& check) {
  for (int a = 0; a <= n; ++a)
    for (int b = 0; b <= m; ++b) check(zeros_then_ones<n>(a), zeros_then_ones<m>(b), a + b);
}

template <int n>
void expect_sorts() {
  for (int bits = 0; bits < 1 << n; ++bits) {
    list<n> a;
    int zeros = n;
    for (int i = 0; i < n; ++i) zeros -= a.at[i] = bits >> i & 1;
    const list<n> sorted = sort(a);
    for (int i = 0; i < n; ++i) EXPECT_EQ(sorted.at[i], i >= zeros) << n << ", " << bits;
  }
}

template <int n, int m>
void expect_merges() {
  for_sorted_lists<n, m>([](const list<n>& a, const list<m>& b, int zeros) {
    const auto merged = merge(a, b);
    for (int i = 0; i < n + m; ++i) EXPECT_EQ(merged.at[i], i >= zeros) << n << ", " << m << ", " << zeros;
  });
}

template <int first, int count, int n, int m>
void expect_finds() {
  for_sorted_lists<n, m>([](const list<n>& a, const list<m>& b, int zeros) {
    const auto some = some_of<first, count>(a, b);
    for (int i = 0; i < count; ++i)
      EXPECT_EQ(some.at[i], first + i >= zeros)
          << first << ", " << count << " of " << n << ", " << m << ", " << zeros;
  });
}

/// All counts from `first` on.
template <int first, int n, int m, int count = 1>
void expect_finds_from() {
  expect_finds<first, count, n, m>();
  if constexpr (first + count < n + m) expect_finds_from<first, n, m, count + 1>();
}

TEST(SortedLists, Sort) {
  expect_sorts<1>();
  expect_sorts<2>();
  expect_sorts<3>();
  expect_sorts<4>();
  expect_sorts<6>();
  expect_sorts<7>();
}

TEST(SortedLists, Merge) {
  expect_merges<1, 1>();
  expect_merges<2, 1>();
  expect_merges<4, 2>();
  expect_merges<6, 1>();
  expect_merges<6, 6>();
  expect_merges<12, 6>();
  expect_merges<12, 12>();
}

TEST(SortedLists, FindSomeOfTheSmallestOfTwo) {
  expect_finds_from<0, 5, 3>();
  expect_finds_from<2, 5, 3>();
  expect_finds_from<5, 5, 3>();
  expect_finds_from<1, 3, 5>();
  expect_finds_from<3, 3, 5>();
  expect_finds_from<0, 16, 16>();
}

TEST(SortedLists, FindWhatCanBeAMedian) {
  expect_finds<1, 4, 4, 2>();  // 3 x 3
  expect_finds<2, 2, 4, 2>();
  expect_finds<3, 1, 4, 3>();
  expect_finds<3, 10, 8, 8>();  // 5 x 5
  expect_finds<7, 6, 16, 4>();
  expect_finds<5, 1, 6, 5>();
  expect_finds<4, 6, 10, 4>();
  expect_finds<4, 2, 6, 4>();
  expect_finds<11, 14, 24, 12>();  // 7 x 7
  expect_finds<6, 8, 14, 6>();
  expect_finds<6, 2, 8, 6>();
}

}  // namespace
