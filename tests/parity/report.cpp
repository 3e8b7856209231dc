// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/report.hpp"

#include <cinttypes>
#include <cstdio>

namespace fluxel::parity {

namespace {

void write_hashes(std::FILE* f, const std::vector<std::uint64_t>& hashes) {
  std::fputc('[', f);
  for (std::size_t i = 0; i < hashes.size(); ++i)
    std::fprintf(f, "%s\"%016" PRIx64 "\"", i == 0 ? "" : ",", hashes[i]);
  std::fputc(']', f);
}

bool is_device(const cell& c) { return c.backend.substr(0, 3) != "cpu" && c.backend != "scalar" && !c.missing; }

}  // namespace

void print_matrix(const std::vector<operation_report>& reports) {
  std::printf("%-30s %-18s %8s %14s %9s\n", "operation", "backend", "cases", "bytes", "seconds");
  for (const auto& r : reports) {
    for (const auto& c : r.cells) {
      if (c.missing)
        std::printf("%-30s %-18s  missing\n", r.name, c.backend.c_str());
      else
        std::printf("%-30s %-18s %8d %14zu %9.2f%s\n", r.name, c.backend.c_str(), c.cases, c.bytes, c.seconds,
                    c.failures != 0 ? "  FAILED" : "");
    }
  }
  for (const auto& r : reports) std::printf("hash %-30s %6d cases %016" PRIx64 "\n", r.name, r.cases, fold(r));
}

bool write_json(const std::vector<operation_report>& reports, const options& o) {
  std::FILE* f = std::fopen(o.json.c_str(), "w");
  if (f == nullptr) return false;
  std::fprintf(f, "{\"seed\":%" PRIu64 ",\"max_side\":%d,\"max_elements\":%d,\"operations\":[", o.seed,
               o.limit.max_side, o.limit.max_elements);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    std::fprintf(f, "%s\n{\"name\":\"%s\",\"bytes_revision\":%d,\"inputs\":", i == 0 ? "" : ",", reports[i].name,
                 reports[i].bytes_revision);
    write_hashes(f, reports[i].inputs);
    std::fprintf(f, ",\"hashes\":");
    write_hashes(f, reports[i].hashes);
    std::fprintf(f, ",\"backends\":{");
    const char* comma = "";
    for (const auto& c : reports[i].cells) {
      if (!is_device(c)) continue;
      std::fprintf(f, "%s\"%s\":", comma, c.backend.c_str());
      write_hashes(f, c.hashes);
      comma = ",";
    }
    std::fprintf(f, "}}");
  }
  std::fprintf(f, "\n]}\n");
  return std::fclose(f) == 0;
}

}  // namespace fluxel::parity
