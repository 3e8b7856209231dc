// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace fluxel::cli {

/// The hidden command that the build runs: prints a manual page or completions of a shell, made from the options of
/// `app` itself, so that they are never behind. KIND is man, bash, zsh or fish.
void add_documents(CLI::App& app, std::string& kind);

/// What the environment variables do that every command reads.
inline constexpr const char* environment_notes =
    "  FLUXEL_DEVICE  cpu, cuda or cuda:N: where --device auto runs; cpu hides every GPU\n"
    "  FLUXEL_CPU     the instruction set on the CPU, of those that fluxel info lists; by default the best\n";

/// @throws video::failure usage  there is no such kind.
void print_document(const CLI::App& app, const std::string& kind);

}  // namespace fluxel::cli
