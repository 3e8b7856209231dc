// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>

#include "fluxel/device.hpp"
#include "host/parity/suite/suite.hpp"
#include "host/parity/vectors/lines.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/verify/verify_certificate.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/output_file.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

constexpr int usual_cases = 100;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::vector<parity::backend> backends_on(const device_choice& device) {
  std::vector<parity::backend> all;
  if (device.where != run_on::cuda) all = parity::backends("scalar,cpu");
  if (device.where == run_on::cuda) all.push_back(parity::backend_on_device(std::max(device.index, 0)));
  if (device.where == run_on::automatic)
    for (int i = 0; i < device_count(); ++i) all.push_back(parity::backend_on_device(i));
  return all;
}

parity::suite_options options_of(const verify_arguments& a) {
  parity::suite_options o;
  o.seed = a.seed;
  o.only = a.only;
  o.only_case = a.only_case;
  o.cases = a.cases > 0 ? a.cases : a.seconds > 0 ? std::numeric_limits<int>::max() : usual_cases;
  if (!parity::selected_operations(a.only).empty()) return o;
  std::string names;
  for (const auto& op : parity::selected_operations("")) names.append(names.empty() ? "" : ", ").append(op.name);
  throw video::failure(video::fault::usage, "--only " + a.only + ": the operations are " + names);
}

std::string problem_of_vector(const std::string& row, std::size_t i, std::uint64_t published,
                              const std::string& line) {
  char text[120];
  std::snprintf(text, sizeof text, "vector %zu on %s: published %016" PRIx64 ", computed ", i + 1, row.c_str(),
                published);
  return text + line;
}

/// Compares what one row computes with the published file.
void compare_vectors(const std::string& row, bool first, std::vector<verified_vectors>& found) {
  const auto published = vectors::published_hashes();
  auto lines = vectors::lines_by(row).value_or(std::vector<std::string>());
  lines.resize(published.size(), "nothing");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string operation = vectors::operation_of(lines[i]);
    auto at = std::find_if(found.begin(), found.end(), [&](const auto& v) { return v.operation == operation; });
    if (at == found.end()) at = found.insert(at, {operation, 0, ""});
    if (first) ++at->vectors;
    if (at->problem.empty() && vectors::hash_of(lines[i]) != published[i])
      at->problem = problem_of_vector(row, i, published[i], lines[i]);
  }
}

/// Of all instruction sets; of the definition alone where a device is what is verified.
void verify_vectors(const device_choice& device, verification& v) {
  v.rows = {"scalar"};
  if (device.where != run_on::cuda)
    for (const auto& target : cpu_targets()) v.rows.push_back("cpu/" + target);
  for (const auto& row : v.rows) compare_vectors(row, &row == &v.rows.front(), v.vectors);
}

void write(const verify_arguments& a, const std::string& certificate) {
  if (a.output == "-") {
    std::cout << certificate << std::flush;
    if (!std::cout) throw video::failure(video::fault::output, "cannot write the certificate");
    return;
  }
  output_file file(a.output, a.replace ? if_exists::replace : a.keep ? if_exists::keep : if_exists::ask);
  std::ofstream out(file.path(), std::ios::binary);
  out << certificate << std::flush;
  if (!out) throw video::failure(video::fault::output, a.output + ": cannot be written");
  out.close();
  file.commit();
}

}  // namespace

int verify(const verify_arguments& a) {
  const double start = now();
  cpu_target();  // says what is wrong with FLUXEL_CPU
  const device_choice device = read_device(a.device);
  parity::suite_options options = options_of(a);
  const auto backends = backends_on(device);
  verification v{.seed = a.seed};
  for (const auto& b : backends) v.backends.push_back(b.name);
  if (a.only.empty() && a.only_case < 0) verify_vectors(device, v);
  if (a.seconds > 0) options.time_limit = std::max(a.seconds - (now() - start), 1e-9);
  v.operations = parity::run_suite(options, backends, [&](const parity::difference& d) {
    v.differences.push_back(d);
    return parity::after_difference::leave_operation;
  });
  v.seconds = now() - start;
  write(a, a.json ? certificate_as_json(v) : certificate_as_text(v));
  return v.equal() ? 0 : 1;
}

}  // namespace fluxel::cli
