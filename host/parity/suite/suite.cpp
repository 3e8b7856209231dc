// SPDX-License-Identifier: Apache-2.0
#include "host/parity/suite/suite.hpp"

#include <chrono>
#include <stdexcept>
#include <string_view>

#include "fluxel/version.hpp"
#include "host/parity/suite/check.hpp"

namespace fluxel::parity {

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

int revision_of(const operation& op) {
  for (const auto& known : bytes_revisions())
    if (known.operation == op.promise) return known.revision;
  throw std::runtime_error(std::string("fluxel promises no bytes of ") + op.promise);
}

class running_suite {
 public:
  running_suite(const suite_options& o, const std::vector<backend>& backends,
                const std::function<after_difference(const difference&)>& found)
      : o_(o), backends_(backends), found_(found), ops_(selected_operations(o.only)), left_(ops_.size()) {
    for (const auto& op : ops_) {
      auto& report = reports_.emplace_back(operation_report{.name = op.name, .bytes_revision = revision_of(op)});
      for (const auto& b : backends_) report.cells.push_back({.backend = b.name, .missing = !op.available(*b.row)});
    }
  }

  std::vector<operation_report> run() {
    const double start = now();
    const int first = o_.only_case >= 0 ? o_.only_case : 0;
    const int end = o_.only_case >= 0 ? first + 1 : o_.cases;
    for (int n = first; n < end; ++n)
      for (std::size_t i = 0; i < ops_.size(); ++i) {
        if (stopped_ || (o_.time_limit > 0 && n > first && now() - start > o_.time_limit)) return reports_;
        if (!left_[i]) run_case(i, n);
      }
    return reports_;
  }

 private:
  void run_case(std::size_t i, int n) {
    const operation& op = ops_[i];
    random r(random(o_.seed ^ hash_bytes(op.name) ^ std::uint64_t(n) * 0x2545f4914f6cdd1du).next());
    limits l = o_.limit;
    if (r.one_in(25)) l.max_elements *= 16;  // large enough for tiles, bands and threads to matter
    const test_case c = op.make_case(r, l);
    const truth expected = run_truth(c);
    auto& report = reports_[i];
    ++report.cases;
    report.inputs.push_back(input_hash(c));
    report.hashes.push_back(expected.hash);
    if (!expected.problem.empty()) return tell(i, {op.name, n, "scalar", expected.problem, c.description});
    for (std::size_t k = 0; k < backends_.size() && !stopped_ && !left_[i]; ++k) {
      cell& at = report.cells[k];
      if (at.missing) continue;
      backend b = backends_[k];
      b.hostile = o_.hostile && b.row != kernels::cuda() ? 1 + n % 3 : 0;
      const double start = now();
      const verdict v = run_backend(c, expected, b);
      at.seconds += now() - start;
      at.bytes += v.bytes;
      ++at.cases;
      at.hashes.push_back(v.hash);
      if (v.problem.empty()) continue;
      ++at.failures;
      tell(i, {op.name, n, b.name, v.problem, c.description});
    }
  }

  void tell(std::size_t i, const difference& d) {
    const auto then = found_(d);
    stopped_ = then == after_difference::stop;
    left_[i] = then == after_difference::leave_operation;
  }

  const suite_options& o_;
  const std::vector<backend>& backends_;
  const std::function<after_difference(const difference&)>& found_;
  std::vector<operation> ops_;
  std::vector<bool> left_;  // operations that run no more
  std::vector<operation_report> reports_;
  bool stopped_ = false;
};

}  // namespace

std::uint64_t fold(const operation_report& r) {
  return hash_bytes(r.hashes.data(), r.hashes.size() * sizeof(std::uint64_t));
}

std::vector<operation> selected_operations(const std::string& only) {
  std::vector<operation> selected;
  for (const auto& op : operations())
    if (std::string_view(op.name).substr(0, only.size()) == only) selected.push_back(op);
  return selected;
}

std::vector<operation_report> run_suite(const suite_options& options, const std::vector<backend>& backends,
                                        const std::function<after_difference(const difference&)>& found) {
  return running_suite(options, backends, found).run();
}

}  // namespace fluxel::parity
