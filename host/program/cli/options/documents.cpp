// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/documents.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <sstream>

#include "fluxel/version.hpp"
#include "host/program/cli/options/completions.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

/// Text of a manual page: what roff would read as its own is escaped.
std::string roff(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    line_start = c == '\n';
  }
  return out;
}

void print_option(const documented_option& o) {
  std::string names;
  for (const auto& name : o.names) names += (names.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
  if (!o.value.empty()) names += " \\fI" + roff(o.value) + "\\fR";
  std::printf(".TP\n%s\n%s\n", names.c_str(), roff(o.text).c_str());
}

void print_man(const documented_program& program) {
  std::printf(".TH FLUXEL 1 \"\" \"fluxel %s\" \"User Commands\"\n.SH NAME\n", version().c_str());
  std::printf("fluxel \\- resize videos and pictures and measure motion\n.SH SYNOPSIS\n");
  std::printf(".B fluxel\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...\n.SH DESCRIPTION\n%s\n", roff(program.text).c_str());
  for (const auto& command : program.commands) {
    std::string title = command.name;
    for (char& c : title) c = char(std::toupper(static_cast<unsigned char>(c)));
    std::printf(".SH %s\n\\fBfluxel %s\\fR %s\n.PP\n%s.\n", title.c_str(), roff(command.name).c_str(),
                roff(command.files).c_str(), roff(command.text).c_str());
    std::string group;
    for (const auto& o : command.options) {
      if (o.group != group) std::printf(".SS %s\n", roff(group = o.group).c_str());
      print_option(o);
    }
    if (!command.footer.empty()) std::printf(".PP\n.nf\n%s\n.fi\n", roff(command.footer).c_str());
  }
  std::printf(".SH ENVIRONMENT\n.nf\n%s.fi\n", roff(environment_notes).c_str());
}

documented_option describe(const CLI::Option& o) {
  documented_option d;
  for (const auto& name : o.get_snames()) d.names.push_back("-" + name);
  for (const auto& name : o.get_lnames()) d.names.push_back("--" + name);
  d.text = o.get_description();
  d.group = o.get_group();
  d.value = o.get_type_name();  // a flag has none
  d.values = named_values(d.text);
  return d;
}

documented_command describe(const CLI::App& app) {
  documented_command c{.name = app.get_name(), .text = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* o : app.get_options()) {
    if (o->get_positional()) {
      const std::string name = o->get_name(true);
      c.files += (c.files.empty() ? "" : " ") + (o->get_required() ? name : "[" + name + "]");
    } else if (!o->get_group().empty()) {
      c.options.push_back(describe(*o));
    }
  }
  // In the order of their groups; inside a group as they were added.
  std::vector<std::string> groups;
  for (const auto& o : c.options)
    if (std::find(groups.begin(), groups.end(), o.group) == groups.end()) groups.push_back(o.group);
  std::stable_sort(c.options.begin(), c.options.end(), [&](const auto& a, const auto& b) {
    return std::find(groups.begin(), groups.end(), a.group) < std::find(groups.begin(), groups.end(), b.group);
  });
  return c;
}

}  // namespace

/// The words of a description that lists them: "With --size: stretch (default), contain (inside it)".
std::vector<std::string> named_values(const std::string& text) {
  std::string list;
  for (std::size_t i = 0; i < text.size(); ++i) {  // without what is in parentheses
    if (text[i] == '(') i = std::min(text.find(')', i), text.size() - 1);
    list += text[i] == '\n' || text[i] == ')' ? ' ' : text[i];
  }
  if (const auto colon = list.rfind(": "); colon != std::string::npos) list.erase(0, colon + 1);
  std::vector<std::string> values;
  std::istringstream items(list);
  for (std::string item; std::getline(items, item, ',');) {
    std::istringstream words(item);
    std::string word, more;
    if (!(words >> word) || words >> more || !std::islower(static_cast<unsigned char>(word[0])) ||
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos)
      return {};
    values.push_back(word);
  }
  return values.size() > 1 ? values : std::vector<std::string>();
}

void add_documents(CLI::App& app, std::string& kind) {
  CLI::App* sub = app.add_subcommand("documents", "Print the manual page or completions")->group("");
  sub->add_option("KIND", kind, "man, bash, zsh or fish")->required();
}

void print_document(const CLI::App& app, const std::string& kind) {
  documented_program program{.text = app.get_description(), .commands = {}};
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!sub->get_group().empty()) program.commands.push_back(describe(*sub));
  if (kind == "man")
    print_man(program);
  else if (!print_completions(program, kind))
    throw video::failure(video::fault::usage, "documents: " + kind + ": man, bash, zsh or fish");
}

}  // namespace fluxel::cli
