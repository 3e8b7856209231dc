// SPDX-License-Identifier: Apache-2.0
#pragma once

// The dense flow object that a test is compiled for: horn_schunck, or lucas_kanade with FLUXEL_TEST_LUCAS_KANADE.

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"

namespace fluxel::test {

#if defined(FLUXEL_TEST_LUCAS_KANADE)
using dense_flow = lucas_kanade;
using dense_options = lucas_kanade_options;
inline constexpr const char* dense_name = "lucas_kanade";
inline dense_options dense_preset(flow_quality quality) { return lucas_kanade_preset(quality); }
inline dense_options dense_multiscale() { return lucas_kanade_multiscale(); }
inline dense_options dense_classic() { return lucas_kanade_classic(4); }
#else
using dense_flow = horn_schunck;
using dense_options = horn_schunck_options;
inline constexpr const char* dense_name = "horn_schunck";
inline dense_options dense_preset(flow_quality quality) { return horn_schunck_preset(quality); }
inline dense_options dense_multiscale() { return horn_schunck_multiscale(); }
inline dense_options dense_classic() { return horn_schunck_classic(50, 33); }
#endif

}  // namespace fluxel::test
