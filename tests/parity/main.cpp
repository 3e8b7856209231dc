// SPDX-License-Identifier: Apache-2.0
// Runs fuzzed cases of every operation on every backend of the library it is linked with. Exit: 0 equal bytes, 1 a
// difference, 2 usage, 77 the library's CUDA row was asked for and has no device.

#include <cstdio>
#include <exception>

#include "tests/parity/report.hpp"
#include "tests/parity/streams.hpp"

namespace fluxel::parity {
namespace {

constexpr int most_failures = 10;
constexpr int not_run = 77;

void print(const options& o, const difference& d) {
  std::printf("DIFFERENCE %s case %d on %s: %s\n", d.operation.c_str(), d.number, d.backend.c_str(),
              d.problem.c_str());
  std::printf("  %s\n", d.description.c_str());
  std::printf("  reproduce: %s\n", reproduction(o, d).c_str());
}

void list(const options& o, const std::vector<backend>& all) {
  for (const auto& op : selected_operations(o.only)) std::printf("operation %s\n", op.name);
  for (const auto& b : all) std::printf("backend %s\n", b.name.c_str());
}

int finish(const options& o, const std::vector<operation_report>& reports, bool has_backends, int failures) {
  print_matrix(reports);
  if (!o.json.empty() && !write_json(reports, o)) {
    std::printf("FAILED: cannot write %s\n", o.json.c_str());
    return 1;
  }
  bool incomplete = reports.empty() || !has_backends, ran = false;
  for (const auto& r : reports) {
    incomplete |= r.cases == 0;
    for (const auto& c : r.cells) {
      incomplete |= c.missing && !o.allow_missing;
      ran |= c.cases != 0;
    }
  }
  if (incomplete) std::printf("FAILED: an operation, a backend or a case is missing\n");
  if (failures != 0) std::printf("FAILED: %d differences\n", failures);
  if (failures == 0 && !incomplete && !ran) {
    std::printf("NOT RUN: no backend has any of the operations\n");
    return not_run;
  }
  return failures != 0 || incomplete ? 1 : 0;
}

int run(const options& o) {
  const bool has_device = kernels::cuda() != nullptr && !kernels::cuda_devices().devices.empty();
  const auto all = has_device ? backends(o.backends, concurrent_streams()) : backends(o.backends);
  if (o.list) return list(o, all), 0;
  bool on_device = false;
  for (const auto& b : all) on_device |= b.row == kernels::cuda();
  if (!on_device) {
    std::printf("NOT RUN: the CUDA row: %s\n", kernels::cuda_devices().reason.c_str());
    if (o.backends.substr(0, 4) == "cuda") return not_run;
  }
  int failures = 0;
  const auto reports = run_suite(o, all, [&](const difference& d) {
    print(o, d);
    return ++failures < most_failures ? after_difference::go_on : after_difference::stop;
  });
  return finish(o, reports, !all.empty(), failures);
}

}  // namespace
}  // namespace fluxel::parity

int main(int argc, char** argv) try {
  return fluxel::parity::run(fluxel::parity::parse_options(argc, argv));
} catch (const std::exception& e) {
  std::printf("FAILED: %s\n", e.what());
  return 1;
}
