// SPDX-License-Identifier: Apache-2.0
// What FLUXEL_DEVICE does. CTest runs this program once for each setting; the argument says what to expect.
// CTest: a rule of its own

#include <cstdio>
#include <cstring>
#include <string>

#include "fluxel/fluxel.hpp"

namespace {

int failures = 0;

void expect(bool holds, const char* what, const std::string& detail) {
  if (holds) return;
  std::printf("not so: %s (%s)\n", what, detail.c_str());
  ++failures;
}

std::string reason_of(fluxel::run_on where) {
  try {
    fluxel::resizer(fluxel::resize_geometry{{4, 4}, {2, 2}}, {}, {where});
  } catch (const fluxel::error& e) {
    return e.code() == fluxel::errc::no_device ? e.what() : std::string("another error: ") + e.what();
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace fluxel;
  const std::string expected = argc > 1 && std::strcmp(argv[1], "-") != 0 ? argv[1] : "";
  const std::string reason = no_device_reason();
  expect((device_count() == 0) == !reason.empty(), "a reason goes with no device", reason);
  if (!expected.empty()) {
    expect(device_count() == 0, "there is no device", "");
    expect(reason == expected, "the reason is the expected one", reason);
  }
  expect(reason_of(run_on::cpu).empty(), "the CPU always works", reason_of(run_on::cpu));
  const std::string demanded = reason_of(run_on::cuda);
  expect(demanded == (reason.empty() ? "" : "resizer: device: " + reason), "CUDA demanded tells the reason",
         demanded);
  // FLUXEL_DEVICE=cuda demands it of `automatic` as well.
  const bool demands = argc > 2 && std::strcmp(argv[2], "demands") == 0;
  const std::string automatic = reason_of(run_on::automatic);
  expect(automatic == (demands ? demanded : ""), "automatic falls back unless CUDA is demanded", automatic);
  if (failures == 0) std::printf("ok: %s\n", reason.c_str());
  return failures != 0;
}
