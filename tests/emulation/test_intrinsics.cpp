// SPDX-License-Identifier: Apache-2.0
// Values from the PTX and CUDA manuals, and identities against wider arithmetic.

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

TEST(intrinsics, floats_to_integers_saturate) {
  EXPECT_EQ(__float2int_rn(2.5f), 2);
  EXPECT_EQ(__float2int_rn(3.5f), 4);
  EXPECT_EQ(__float2int_rd(-0.5f), -1);
  EXPECT_EQ(__float2int_ru(-0.5f), 0);
  EXPECT_EQ(__float2int_rz(-1.9f), -1);
  EXPECT_EQ(__float2int_rn(infinity), std::numeric_limits<int>::max());
  EXPECT_EQ(__float2int_rn(-1e20f), std::numeric_limits<int>::min());
  EXPECT_EQ(__float2int_rn(nan), 0);
  EXPECT_EQ(__float2uint_rn(-3.0f), 0u);
  EXPECT_EQ(__float2uint_rn(5e9f), ~0u);
  EXPECT_EQ(__double2int_rn(nan), std::numeric_limits<int>::min());
  EXPECT_EQ(__float2ll_rn(nan), std::numeric_limits<long long>::min());
  EXPECT_EQ(__double2uint_rz(4294967295.7), 4294967295u);
}

TEST(intrinsics, high_products) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t a = random(), b = random();
    __extension__ using wide = __int128;
    __extension__ using unsigned_wide = unsigned __int128;
    EXPECT_EQ(__umul64hi(a, b), static_cast<std::uint64_t>(unsigned_wide{a} * b >> 64));
    const auto sa = static_cast<std::int64_t>(a), sb = static_cast<std::int64_t>(b);
    EXPECT_EQ(__mul64hi(sa, sb), static_cast<std::int64_t>(wide{sa} * sb >> 64));
  }
  EXPECT_EQ(__mulhi(-2, 3), -1);
  EXPECT_EQ(__umulhi(~0u, ~0u), ~0u - 1);
}

TEST(intrinsics, bits) {
  EXPECT_EQ(__byte_perm(0x33221100, 0x77665544, 0x7531), 0x77553311u);
  EXPECT_EQ(emulation::permute(0x00008000, 0, 0x9999), 0xffffffffu) << "selector bit 3 replicates the sign";
  EXPECT_EQ(__funnelshift_r(0x89abcdef, 0x01234567, 8), 0x6789abcdu);
  EXPECT_EQ(__funnelshift_l(0x89abcdef, 0x01234567, 8), 0x23456789u);
  EXPECT_EQ(__funnelshift_r(1, 2, 32), 1u) << "wraps";
  EXPECT_EQ(__funnelshift_rc(1, 2, 32), 2u) << "clamps";
  EXPECT_EQ(__funnelshift_lc(1, 2, 40), 1u) << "clamps";
  EXPECT_EQ(__brev(1), 0x80000000u);
  EXPECT_EQ(__clz(0), 32);
  EXPECT_EQ(__ffs(0), 0);
  EXPECT_EQ(__ffs(8), 4);
  EXPECT_EQ(__popc(0xf0f0), 8);
}

TEST(intrinsics, dot_products) {
  EXPECT_EQ(__dp4a(0x01ff02fe, 0x01010101, 10), 10);
  EXPECT_EQ(__dp4a(0x01ff02feu, 0x01010101u, 10u), 10u + 1 + 255 + 2 + 254);
  EXPECT_EQ(__dp2a_lo(0x00030002, 0x04050607, 1), 1 + 2 * 7 + 3 * 6);
  EXPECT_EQ(__dp2a_hi(0x00030002, 0x04050607, 1), 1 + 2 * 5 + 3 * 4);
  EXPECT_EQ(__dp2a_lo(0xffff0001u, 0x0000ff02u, 0u), 65535u * 255 + 2);
}

TEST(intrinsics, packed_lanes) {
  EXPECT_EQ(__vmaxs2(0xffff0001, 0x00010000), 0x00010001u);
  EXPECT_EQ(__vimin3_s16x2(0x00058000, 0x00040000, 0x00030001), 0x00038000u);
  EXPECT_EQ(__vimax3_s16x2_relu(0xfffff000, 0xfffe0002, 0xfff00003), 0x00000003u);
  EXPECT_EQ(__vabsdiffu4(0x00ff1020, 0xff001120), 0xffff0100u);
  EXPECT_EQ(__vavgu4(0x00010203, 0x01010101), 0x01010202u);
  EXPECT_EQ(__vaddus2(0xfff00001, 0x00110001), 0xffff0002u);
  EXPECT_EQ(__vimax3_s32(-5, 7, 2), 7);
}

TEST(intrinsics, vectors_have_the_device_alignment) {
  static_assert(alignof(uchar4) == 4 && alignof(ushort2) == 4 && alignof(float4) == 16 && alignof(double4) == 16);
  static_assert(sizeof(uchar3) == 3 && alignof(uchar3) == 1 && sizeof(float3) == 12 && alignof(longlong2) == 16);
  EXPECT_EQ(make_uchar4(1, 2, 3, 4).w, 4);
}

}  // namespace
