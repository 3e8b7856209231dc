// SPDX-License-Identifier: Apache-2.0
#pragma once

// Formulas over the device's intrinsics, for the device and for the host: the test runs them both ways.

#include <cuda_runtime.h>

#include <cstdint>

#include "kernels/common/runtime/hd.hpp"

namespace emulation_test {

#if defined(__CUDACC__)
#define EMULATION_TEST_DEVICE __device__ __forceinline__
#else
#define EMULATION_TEST_DEVICE inline
#endif

struct words {
  std::uint32_t a, b, c;
  std::uint64_t wide_a, wide_b;
};
struct numbers {
  float a, b, c;
  double wide_a, wide_b;
};
inline constexpr int integer_result_count = 68;
inline constexpr int float_result_count = 48;

/// A switch with neighbouring cases becomes a jump table.
EMULATION_TEST_DEVICE std::uint32_t chosen(std::uint32_t which, std::uint32_t a, std::uint32_t b) {
  switch (which) {
    case 0:
      return a + b;
    case 1:
      return a ^ (b << 3);
    case 2:
      return a * b + 7;
    case 3:
      return a / (b | 1);
    case 4:
      return __popc(a) + b;
    case 5:
      return a - 3 * b;
    case 6:
      return (a >> (b & 31)) | 1;
    case 7:
      return __brev(a) - b;
    default:
      return 0;
  }
}

/// An array that is indexed by data lives in local memory.
EMULATION_TEST_DEVICE std::uint32_t from_local_array(std::uint32_t a, std::uint32_t b) {
  std::uint32_t table[16];
  for (int i = 0; i < 16; ++i) table[i] = a * static_cast<std::uint32_t>(i * i + 1);
  for (int i = 0; i < 8; ++i) table[b >> (i * 4) & 15] += static_cast<std::uint32_t>(i);
  return table[a & 15] + table[b & 15];
}

template <class Put>
EMULATION_TEST_DEVICE void integer_results(const words& w, Put&& put) {
  const std::uint32_t a = w.a, b = w.b, c = w.c, odd = b | 1;
  const auto sa = static_cast<std::int32_t>(a), sb = static_cast<std::int32_t>(b), sc = static_cast<std::int32_t>(c);
  const auto lsa = static_cast<std::int64_t>(w.wide_a), lsb = static_cast<std::int64_t>(w.wide_b);
  const std::int32_t divisor = (sb >> 3) | 1;
  put(a + b * c), put(a - b), put(a / odd), put(a % odd);
  put(sa / 2 / divisor), put(sa / 2 % divisor), put(w.wide_a / (w.wide_b | 1)), put(w.wide_a % (w.wide_b | 1));
  put(lsa / 2 / (lsb >> 7 | 1)), put(w.wide_a * w.wide_b + a), put(std::uint64_t{a} * b + w.wide_a);
  put(std::int64_t{sa} * sb), put(__umulhi(a, b)), put(__mulhi(sa, sb)), put(__umul64hi(w.wide_a, w.wide_b));
  put(__mul64hi(lsa, lsb)), put(__funnelshift_l(a, b, c)), put(__funnelshift_r(a, b, c));
  put(__funnelshift_lc(a, b, c & 63)), put(__funnelshift_rc(a, b, c & 63)), put(__byte_perm(a, b, c));
  put(__byte_perm(a, b, 0x5140)), put(__dp4a(sa, sb, sc)), put(__dp4a(a, b, c)), put(__dp2a_lo(sa, sb, sc));
  put(__dp2a_hi(sa, sb, sc)), put(__dp2a_lo(a, b, c)), put(__dp2a_hi(a, b, c)), put(__popc(a)), put(__clz(sa));
  put(__ffs(sb)), put(__brev(a)), put(__popcll(w.wide_a)), put(__clzll(lsa)), put(__brevll(w.wide_b));
  put(min(sa, sb)), put(max(sa, sb)), put(min(a, b)), put(max(a, b)), put(abs(sa / 2));
  put(__vmaxs2(a, b)), put(__vmins2(a, b)), put(__vmaxu2(a, b)), put(__vminu2(a, b)), put(__vadd2(a, b));
  put(__vsub2(a, b)), put(__vabsdiffu4(a, b)), put(__vavgu4(a, b)), put(__vimax3_s16x2(a, b, c));
  put(__vimin3_s16x2(a, b, c)), put(__vimax3_s16x2_relu(a, b, c)), put(__vimax3_s32(sa, sb, sc));
  put(__vimin3_s32(sa, sb, sc)), put(__sad(sa / 2, sb / 2, c)), put(__usad(a, b, c));
  put((a & b) | (~a & c)), put(a ^ b ^ c), put((a >> 5 & 0x3ff) + (static_cast<std::uint32_t>(sb << 9 >> 21)));
  put(a >> (c & 31)), put(sa >> (c & 31)), put(w.wide_a >> (c & 63)), put(lsb >> (c & 63));
  put(static_cast<std::uint8_t>(a)), put(static_cast<std::int8_t>(b)), put(static_cast<std::int16_t>(c));
  put(chosen(c & 7, a, b)), put(from_local_array(a, b)), put(sa < sb || a < c ? b : c);
}

template <class Put>
EMULATION_TEST_DEVICE void float_results(const numbers& n, Put&& put) {
  const float a = n.a, b = n.b, c = n.c;
  const double wa = n.wide_a, wb = n.wide_b;
  put(a + b), put(a - b), put(a * b), put(a / b), put(a * b + c), put(__fmaf_rn(a, b, c)), put(a * b - b * c);
  put(__fsqrt_rn(a)), put(__frcp_rn(b)), put(wa + wb), put(wa * wb + wa), put(__fma_rn(wa, wb, wa)), put(wa / wb);
  put(__dsqrt_rn(wa)), put(floorf(a)), put(ceilf(a)), put(truncf(a)), put(rintf(a)), put(floor(wa)), put(fabsf(a));
  put(-a), put(copysignf(a, b)), put(b < a ? b : a), put(a < b ? b : a), put(a == b ? c : b), put(!(a >= b) ? a : c);
  put(__float2int_rn(a)), put(__float2int_rz(b)), put(__float2int_rd(c)), put(__float2int_ru(a));
  put(__float2uint_rn(a)), put(__float2uint_rz(b)), put(__float2ll_rn(c)), put(__float2ull_rz(a));
  put(__double2int_rn(wa)), put(__double2uint_rz(wb)), put(__double2ll_rd(wa));
  put(__int2float_rn(__float_as_int(a))), put(__uint2float_rn(__float_as_uint(b)));
  put(__ll2float_rn(__double_as_longlong(wa))), put(__int2double_rn(__float_as_int(c)));
  put(static_cast<float>(wa)), put(static_cast<double>(a)), put(__saturatef(a)), put(isinf(a) ? 1 : 0);
  put(static_cast<float>(static_cast<std::uint8_t>(__float_as_uint(a)))), put(a != b ? 1 : 0);
  put(__hiloint2double(__float_as_int(a) & 0x3fffffff, __float_as_int(b)));
}

}  // namespace emulation_test
