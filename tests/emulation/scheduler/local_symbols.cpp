// SPDX-License-Identifier: Apache-2.0
#include "scheduler/local_symbols.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulation/scheduler.hpp"

extern "C" const char __ehdr_start[];  // the linker's: where this program begins in memory

namespace emulation {

namespace {

/// The program's file, mapped for as long as it runs.
const char* program() {
  static const char* const image = [] {
    const int file = open("/proc/self/exe", O_RDONLY);
    struct stat info {};
    if (file < 0 || fstat(file, &info) != 0) fail("the program cannot read its own file", {});
    void* mapped = mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (mapped == MAP_FAILED) fail("the program cannot read its own file", {});
    return static_cast<const char*>(mapped);
  }();
  return image;
}

}  // namespace

const void* local_function(std::string_view file, std::string_view name) {
  const char* const image = program();
  const auto& header = *reinterpret_cast<const Elf64_Ehdr*>(image);
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(image + header.e_shoff);
  for (int s = 0; s < header.e_shnum; ++s) {
    if (sections[s].sh_type != SHT_SYMTAB) continue;
    const auto* symbols = reinterpret_cast<const Elf64_Sym*>(image + sections[s].sh_offset);
    const char* strings = image + sections[sections[s].sh_link].sh_offset;
    std::string_view current;
    for (std::size_t i = 0; i < sections[s].sh_size / sizeof(Elf64_Sym); ++i) {
      const int type = ELF64_ST_TYPE(symbols[i].st_info);
      const std::string_view text = strings + symbols[i].st_name;
      if (type == STT_FILE) current = text.substr(text.rfind('/') + 1);
      if (type != STT_FUNC || ELF64_ST_BIND(symbols[i].st_info) != STB_LOCAL || current != file || text != name)
        continue;
      return (header.e_type == ET_DYN ? __ehdr_start : nullptr) + symbols[i].st_value;
    }
  }
  return nullptr;
}

}  // namespace emulation
