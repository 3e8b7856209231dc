/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* FLUXEL_API marks what a shared library exports. FLUXEL_SHARED is defined by the shared target for its users,
   FLUXEL_BUILDING while the library itself is compiled. */
#if defined(_WIN32) && defined(FLUXEL_SHARED)
#if defined(FLUXEL_BUILDING)
#define FLUXEL_API __declspec(dllexport)
#else
#define FLUXEL_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define FLUXEL_API __attribute__((visibility("default")))
#else
#define FLUXEL_API
#endif
