// SPDX-License-Identifier: Apache-2.0
// What FLUXEL_CPU does. It is read once, so CTest runs this program once for each setting; the argument is the
// expected target, or "best", or "unknown".
// CTest: a rule of its own

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "fluxel/fluxel.hpp"

namespace {

int failures = 0;

void expect(bool holds, const char* what, const std::string& detail) {
  if (holds) return;
  std::printf("not so: %s (%s)\n", what, detail.c_str());
  ++failures;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const fluxel::error& e) {
    return e.code() == fluxel::errc::invalid_argument ? e.what() : std::string("another error: ") + e.what();
  }
  return "";
}

void expect_refusal() {
  using namespace fluxel;
  std::string problem =
      ": FLUXEL_CPU: is \"" + std::string(std::getenv("FLUXEL_CPU")) + "\" in the environment; must be one of ";
  for (const std::string& name : cpu_targets()) problem += (name == cpu_targets()[0] ? "" : ", ") + name;
  const image<u8> src(8, 8);
  image<u8> dst(4, 4);
  auto refused = [&](const std::string& function, const std::function<void()>& call) {
    const std::string message = message_of(call);
    expect(message == function + problem, "the call is refused", message);
  };
  refused("cpu_target", [] { cpu_target(); });
  refused("resize_bilinear", [&] { resize_bilinear(src, dst); });
  refused("resizer", [] { resizer(resize_geometry{{4, 4}, {2, 2}}, {}, {run_on::cpu}); });
  refused("horn_schunck", [] { horn_schunck({.width = 32, .height = 32}, {}, {run_on::cpu}); });
  image<u8> twice(16, 16);
  refused("upsample_conv_transpose", [&] { upsample_conv_transpose(src, twice, 2, edge::replicate); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string expected = argc > 1 ? argv[1] : "best";
  if (expected == "unknown") {
    expect_refusal();
  } else {
    const std::string wanted = expected == "best" ? fluxel::cpu_targets().front() : expected;
    expect(fluxel::cpu_target() == wanted, "the target is the expected one", fluxel::cpu_target());
  }
  if (failures == 0) std::printf("ok\n");
  return failures != 0;
}
