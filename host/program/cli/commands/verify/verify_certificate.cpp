// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/verify/verify_certificate.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <ctime>

#include "fluxel/device.hpp"
#include "fluxel/version.hpp"
#include "host/program/cli/commands/machine.hpp"
#include "host/program/cli/json.hpp"

namespace fluxel::cli {

namespace {

template <class... T>
std::string format(const char* pattern, T... values) {
  char text[400];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string hex(std::uint64_t hash) { return format("%016" PRIx64, hash); }

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string all;
  for (const auto& word : words) all.append(all.empty() ? "" : between).append(word);
  return all;
}

std::size_t bytes_of(const parity::operation_report& r) {
  std::size_t bytes = 0;
  for (const auto& c : r.cells) bytes += c.bytes;
  return bytes;
}

/// A backend of the list that lacks the operation; empty: none.
std::string missing_on(const parity::operation_report& r) {
  for (const auto& c : r.cells)
    if (c.missing) return c.backend;
  return "";
}

const parity::difference* difference_of(const verification& v, const std::string& operation) {
  const auto found = std::find_if(v.differences.begin(), v.differences.end(),
                                  [&](const auto& d) { return d.operation == operation; });
  return found == v.differences.end() ? nullptr : &*found;
}

/// The command that runs the case of a difference alone.
std::string reproduction(const verification& v, const parity::difference& d) {
  std::string text = "fluxel verify --only " + d.operation + " --case " + std::to_string(d.number);
  if (v.seed != 1) text += " --seed " + std::to_string(v.seed);
  return text;
}

std::string verdict_on(const verification& v) {
  std::size_t cases = 0, bytes = 0, vectors = 0, bad = 0;
  for (const auto& r : v.operations) cases += std::size_t(r.cases), bytes += bytes_of(r);
  for (const auto& of : v.vectors) vectors += std::size_t(of.vectors), bad += !of.problem.empty();
  std::string text = format("%s: %zu operations, %zu cases, %zu bytes compared, ", v.equal() ? "EQUAL" : "NOT EQUAL",
                            v.operations.size(), cases, bytes);
  text += v.vectors.empty() ? "published vectors not asked for" : format("%zu published vectors", vectors);
  if (!v.equal()) text += format("; %zu of them differ", v.differences.size() + bad);
  return text;
}

std::vector<std::string> devices() {
  std::vector<std::string> all;
  for (int i = 0; i < device_count(); ++i) {
    const device_info d = describe_device(i);
    all.push_back(format("cuda:%d %s, compute capability %d.%d", i, d.name.c_str(), d.compute_capability / 10,
                         d.compute_capability % 10));
  }
  return all;
}

std::string head(const verification& v) {
  const machine_description m = describe_machine();
  std::string text = "fluxel    " + version() + ", " + build_description() + "\ntime      " + time_now() +
                     format(", %.1f s\nsystem    ", v.seconds) + m.system + "\nCPU       " + m.processor +
                     format(", %d threads\nfeatures  ", m.threads) + m.features + "\nCUDA      ";
  text += device_count() == 0 ? "none: " + no_device_reason() : joined(devices(), "\n          ");
  if (!m.gpu_driver.empty()) text += "\ndriver    " + m.gpu_driver;
  return text + "\nbackends  " + joined(v.backends, " ") + "\nseed      " + std::to_string(v.seed) + "\n\n";
}

}  // namespace

bool verification::equal() const {
  return differences.empty() && !operations.empty() &&
         std::all_of(vectors.begin(), vectors.end(), [](const auto& of) { return of.problem.empty(); }) &&
         std::all_of(operations.begin(), operations.end(), [](const auto& r) { return missing_on(r).empty(); });
}

std::uint64_t verification::hash() const {
  std::string all;
  for (const auto& r : operations) all.append(r.name).append(format(" %d ", r.cases)).append(hex(fold(r)));
  return parity::hash_bytes(all);
}

std::string certificate_as_text(const verification& v) {
  std::string text = head(v) + format("%-30s %8s %6s %14s  %-8s %s\n", "operation", "revision", "cases", "bytes", "",
                                      "hash of the results");
  for (const auto& r : v.operations) {
    const auto* d = difference_of(v, r.name);
    const std::string missing = missing_on(r);
    text += format("%-30s %8d %6d %14zu  %-8s %s\n", r.name, r.bytes_revision, r.cases, bytes_of(r),
                   d != nullptr      ? "DIFFERS"
                   : missing.empty() ? "equal"
                                     : "MISSING",
                   hex(fold(r)).c_str());
    if (d != nullptr)
      text += "  case " + std::to_string(d->number) + " on " + d->backend + ": " + d->problem + "\n  " +
              d->description + "\n  again: " + reproduction(v, *d) + '\n';
    if (!missing.empty()) text += "  not on " + missing + '\n';
  }
  if (!v.vectors.empty())
    text += format("\n%-30s %15s  on %s\n", "published vectors of", "", joined(v.rows, " ").c_str());
  for (const auto& of : v.vectors) {
    text += format("%-30s %15d  %s\n", of.operation.c_str(), of.vectors, of.problem.empty() ? "equal" : "DIFFERS");
    if (!of.problem.empty()) text += "  " + of.problem + '\n';
  }
  return text + '\n' + verdict_on(v) + "\nresults   " + hex(v.hash()) + '\n';
}

std::string certificate_as_json(const verification& v) {
  const machine_description m = describe_machine();
  json_object o;
  o.add("fluxel", version()).add("build", build_description()).add("time", time_now()).add("seconds", v.seconds);
  o.add("system", m.system).add("processor", m.processor).add("features", m.features).add("threads", m.threads);
  o.add("cuda", devices()).add("driver", m.gpu_driver).add("no_cuda_because", no_device_reason());
  o.add("backends", v.backends).add("seed", std::to_string(v.seed)).add("equal", v.equal() ? "yes" : "no");
  std::vector<json_object> operations, vectors;
  for (const auto& r : v.operations) {
    json_object of;
    of.add("operation", r.name).add("bytes_revision", r.bytes_revision).add("cases", r.cases);
    of.add("bytes", static_cast<std::int64_t>(bytes_of(r))).add("hash", hex(fold(r)));
    if (const std::string missing = missing_on(r); !missing.empty()) of.add("missing_on", missing);
    if (const auto* d = difference_of(v, r.name))
      of.add("difference", json_object()
                               .add("case", d->number)
                               .add("backend", d->backend)
                               .add("problem", d->problem)
                               .add("description", d->description)
                               .add("again", reproduction(v, *d)));
    operations.push_back(of);
  }
  for (const auto& of : v.vectors) {
    json_object one;
    one.add("operation", of.operation).add("vectors", of.vectors);
    if (!of.problem.empty()) one.add("difference", of.problem);
    vectors.push_back(one);
  }
  o.add("operations", operations).add("published_vectors", vectors).add("rows_of_vectors", v.rows);
  return o.add("results", hex(v.hash())).text() + '\n';
}

}  // namespace fluxel::cli
