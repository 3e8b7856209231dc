// SPDX-License-Identifier: Apache-2.0
// Runs fuzzed cases of every operation on every backend of the library it is linked with. Exit: 0 equal bytes, 1 a
// difference, 2 usage, 77 the library's CUDA row was asked for and has no device.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "fluxel/version.hpp"
#include "parity/suite/check.hpp"
#include "tests/parity/report.hpp"

namespace fluxel::parity {
namespace {

constexpr int most_failures = 10;
constexpr int not_run = 77;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::uint64_t case_seed(const options& o, const operation& op, int number) {
  return random(o.seed ^ hash_bytes(op.name) ^ std::uint64_t(number) * 0x2545f4914f6cdd1du).next();
}

int revision_of(const operation& op) {
  for (const auto& known : bytes_revisions())
    if (known.operation == op.promise) return known.revision;
  std::printf("FAILED: fluxel promises no bytes of %s\n", op.promise);
  std::exit(1);
}

/// Most cases are small; some are large enough for tiles, bands and threads to matter.
limits limits_of(const options& o, random& r) {
  limits l = o.limit;
  if (r.one_in(25)) l.max_elements *= 16;
  return l;
}

void report_failure(const options& o, const operation& op, int number, const test_case& c, const std::string& backend,
                    const std::string& problem) {
  std::printf("DIFFERENCE %s case %d on %s: %s\n", op.name, number, backend.c_str(), problem.c_str());
  std::printf("  %s\n", c.description.c_str());
  std::printf("  reproduce: %s\n", reproduction(o, op.name, number, backend).c_str());
}

class run {
 public:
  explicit run(const options& o) : o_(o), backends_(backends(o.backends)) {
    for (const auto& op : operations()) {
      if (o.only != std::string_view(op.name).substr(0, o.only.size())) continue;
      ops_.push_back(&op);
      reports_.push_back({.name = op.name, .bytes_revision = revision_of(op)});
      for (const auto& b : backends_)
        reports_.back().cells.push_back({.backend = b.name, .missing = !op.available(*b.row)});
    }
  }

  void go() {
    const double start = now();
    const int first = o_.only_case >= 0 ? o_.only_case : 0;
    const int end = o_.only_case >= 0 ? first + 1 : o_.cases;
    for (int n = first; n < end; ++n)
      for (std::size_t i = 0; i < ops_.size(); ++i) {
        if (failures_ >= most_failures) return;
        if (o_.time_limit > 0 && now() - start > o_.time_limit) return;
        one(*ops_[i], reports_[i], n);
      }
  }

  int finish() const {
    print_matrix(reports_);
    if (!o_.json.empty() && !write_json(reports_, o_)) {
      std::printf("FAILED: cannot write %s\n", o_.json.c_str());
      return 1;
    }
    bool incomplete = reports_.empty() || backends_.empty(), ran = false;
    for (const auto& r : reports_) {
      incomplete |= r.cases == 0;
      for (const auto& c : r.cells) {
        incomplete |= c.missing && !o_.allow_missing;
        ran |= c.cases != 0;
      }
    }
    if (incomplete) std::printf("FAILED: an operation, a backend or a case is missing\n");
    if (failures_ != 0) std::printf("FAILED: %d differences\n", failures_);
    if (failures_ == 0 && !incomplete && !ran) {
      std::printf("NOT RUN: no backend has any of the operations\n");
      return not_run;
    }
    return failures_ != 0 || incomplete ? 1 : 0;
  }

  void list() const {
    for (const auto* op : ops_) std::printf("operation %s\n", op->name);
    for (const auto& b : backends_) std::printf("backend %s\n", b.name.c_str());
  }

  bool has_device() const {
    for (const auto& b : backends_)
      if (b.row == kernels::cuda()) return true;
    return false;
  }

 private:
  void one(const operation& op, operation_report& report, int n) {
    random r(case_seed(o_, op, n));
    const test_case c = op.make_case(r, limits_of(o_, r));
    const truth expected = run_truth(c);
    ++report.cases;
    report.inputs.push_back(input_hash(c));
    report.hashes.push_back(expected.hash);
    if (!expected.problem.empty()) {
      ++failures_;
      return report_failure(o_, op, n, c, "scalar", expected.problem);
    }
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      cell& at = report.cells[i];
      if (at.missing) continue;
      backend b = backends_[i];
      b.hostile = o_.hostile && b.row != kernels::cuda() ? 1 + n % 3 : 0;
      const double start = now();
      const verdict v = run_backend(c, expected, b);
      at.seconds += now() - start;
      at.bytes += v.bytes;
      ++at.cases;
      at.hashes.push_back(v.hash);
      if (v.problem.empty()) continue;
      ++at.failures;
      ++failures_;
      report_failure(o_, op, n, c, b.name, v.problem);
    }
  }

  options o_;
  std::vector<backend> backends_;
  std::vector<const operation*> ops_;
  std::vector<operation_report> reports_;
  int failures_ = 0;
};

int run_suite(const options& o) {
  run all(o);
  if (o.list) return all.list(), 0;
  if (!all.has_device()) {
    std::printf("NOT RUN: the CUDA row: %s\n", kernels::cuda_devices().reason.c_str());
    if (o.backends.substr(0, 4) == "cuda") return not_run;
  }
  all.go();
  return all.finish();
}

}  // namespace
}  // namespace fluxel::parity

int main(int argc, char** argv) { return fluxel::parity::run_suite(fluxel::parity::parse_options(argc, argv)); }
