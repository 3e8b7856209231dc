// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/completions.hpp"

#include <cstdio>

namespace fluxel::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all.append(all.empty() ? "" : " ").append(word);
  return all;
}

/// A description on one line, between single quotes of a shell; `special` is escaped by a backslash.
std::string in_quotes(const std::string& text, const std::string& special = "") {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (special.find(c) != std::string::npos) out += '\\';
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

void print_bash(const documented_program& program) {
  std::vector<std::string> commands;
  for (const auto& c : program.commands) commands.push_back(c.name);
  std::printf("# bash completion for fluxel\n_fluxel() {\n  local word=${COMP_WORDS[COMP_CWORD]} words=\n");
  std::printf("  if [ \"$COMP_CWORD\" = 1 ]; then\n    words='%s --help --version'\n  else\n",
              joined(commands).c_str());
  std::printf("    case \"${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD - 1]}\" in\n");
  for (const auto& c : program.commands)
    for (const auto& o : c.options)
      if (!o.values.empty())
        std::printf("      '%s %s') words='%s' ;;\n", c.name.c_str(), o.names.back().c_str(),
                    joined(o.values).c_str());
  std::printf("      *)\n        case \"${COMP_WORDS[1]} $word\" in\n");
  for (const auto& c : program.commands) {
    std::string names;
    for (const auto& o : c.options) names.append(names.empty() ? "" : " ").append(joined(o.names));
    std::printf("          '%s -'*) words='%s' ;;\n", c.name.c_str(), names.c_str());
  }
  std::printf("        esac ;;\n    esac\n  fi\n  COMPREPLY=()\n");
  std::printf("  [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n");
  std::printf("complete -o default -F _fluxel fluxel\n");
}

void print_zsh(const documented_program& program) {
  std::printf("#compdef fluxel\n_fluxel() {\n  local -a commands\n  commands=(\n");
  for (const auto& c : program.commands) std::printf("    '%s:%s'\n", c.name.c_str(), in_quotes(c.text, ":").c_str());
  std::printf("  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n");
  std::printf("  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n");
  for (const auto& c : program.commands) {
    std::printf("    %s)\n      _arguments", c.name.c_str());
    for (const auto& o : c.options)
      for (const auto& name : o.names) {
        std::printf(" \\\n        '%s[%s]", name.c_str(), in_quotes(o.text, "[]:").c_str());
        if (!o.values.empty())
          std::printf(":%s:(%s)", in_quotes(o.value, ":").c_str(), joined(o.values).c_str());
        else if (!o.value.empty())
          std::printf(":%s:_files", in_quotes(o.value, ":").c_str());
        std::printf("'");
      }
    std::printf(" \\\n        '*:file:_files' ;;\n");
  }
  std::printf("  esac\n}\n_fluxel \"$@\"\n");
}

void print_fish(const documented_program& program) {
  std::printf("# fish completion for fluxel\n");
  for (const auto& c : program.commands)
    std::printf("complete -c fluxel -n __fish_use_subcommand -f -a %s -d '%s'\n", c.name.c_str(),
                in_quotes(c.text).c_str());
  for (const auto& c : program.commands)
    for (const auto& o : c.options) {
      std::printf("complete -c fluxel -n '__fish_seen_subcommand_from %s'", c.name.c_str());
      for (const auto& name : o.names)
        std::printf(" %s %s", name[1] == '-' ? "-l" : "-s", name.c_str() + (name[1] == '-' ? 2 : 1));
      if (!o.values.empty())
        std::printf(" -x -a '%s'", joined(o.values).c_str());
      else if (!o.value.empty())
        std::printf(" -r");
      std::printf(" -d '%s'\n", in_quotes(o.text).c_str());
    }
}

}  // namespace

bool print_completions(const documented_program& program, const std::string& shell) {
  if (shell == "bash")
    print_bash(program);
  else if (shell == "zsh")
    print_zsh(program);
  else if (shell == "fish")
    print_fish(program);
  else
    return false;
  return true;
}

}  // namespace fluxel::cli
