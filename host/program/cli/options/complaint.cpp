// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/complaint.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "host/program/video/names.hpp"

namespace fluxel::cli {

namespace {

/// Options of other programs, and what they are called here.
constexpr std::pair<const char*, const char*> elsewhere[] = {
    {"--width", "--size 1280x-2"},
    {"--height", "--size -2x720"},
    {"--input", "the input's name alone: fluxel resize IN OUT"},
    {"-i", "the input's name alone: fluxel resize IN OUT"},
    {"-s", "--size 1280x720"},
    {"-vf", "--size 1280x720, --crop or --fit"},
    {"-filter:v", "--size 1280x720, --crop or --fit"},
    {"-an", "--no-audio"},
    {"-sn", "--no-subtitles"},
    {"-map", "--streams v:0,a:1"},
    {"-c:v", "--codec"},
    {"-vcodec", "--codec"},
    {"-c:a", "--audio copy or encode"},
    {"-acodec", "--audio copy or encode"},
    {"-b:v", "--codec-opt b=4M"},
    {"-q:v", "--codec-opt q=3"},
    {"-crf", "--crf"},
    {"-preset", "--codec-opt preset=slow"},
    {"-pix_fmt", "--pixel-format"},
    {"-r", "--fps"},
    {"-ss", "--start"},
    {"-to", "--to"},
    {"-t", "--duration"},
    {"-movflags", "--mux-opt movflags=+faststart"},
    {"-threads", "--threads or --codec-threads"},
};

std::vector<std::string> names_of(const CLI::App& app, const CLI::App* command) {
  std::vector<std::string> names;
  if (command == nullptr) {
    for (const auto* s : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(s->get_name());
    return names;
  }
  for (const auto* o : command->get_options()) {
    for (const auto& n : o->get_lnames()) names.push_back("--" + n);
    for (const auto& n : o->get_snames()) names.push_back("-" + n);
  }
  return names;
}

/// What CLI11 says, in the words of the other messages.
std::string reason(const CLI::ParseError& e) {
  std::string text = e.what();
  const std::string no_number = "Could not convert: ";
  if (text.rfind(no_number, 0) == 0) {
    text.erase(0, no_number.size());
    if (const auto equals = text.find(" = "); equals != std::string::npos) text.erase(equals + 1, 2);
    return text + ": not a number";
  }
  const auto colon = text.find(": ");
  if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr && colon != std::string::npos)
    return text.substr(colon + 2) + ": not expected here";
  return text;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string complaint(const CLI::App& app, const CLI::ParseError& e, int argc, const char* const* argv) {
  const CLI::App* command = app.get_subcommands().empty() ? nullptr : app.get_subcommands().front();
  const std::vector<std::string> names = names_of(app, command);
  const auto word = [&](int i) { return std::string(argv[i]).substr(0, std::string(argv[i]).find('=')); };
  if (command == nullptr) {
    const std::string near = argc > 1 ? video::nearest_name(argv[1], names) : "";
    const std::string text = argc > 1 ? std::string(argv[1]) + ": unknown command" : e.what();
    return text + (near.empty() ? "; see fluxel --help" : "; did you mean " + near + "?");
  }
  for (int i = 2; i < argc; ++i)
    for (const auto& [name, here] : elsewhere)
      if (word(i) == name && !contains(names, name)) return std::string(name) + ": here it is " + here;
  const std::string see = "; see fluxel " + command->get_name() + " --help";
  for (int i = 2; i < argc; ++i) {
    if (word(i).rfind("--", 0) != 0 || contains(names, word(i))) continue;
    const std::string near = video::nearest_name(word(i), names);
    return word(i) + ": unknown option" + (near.empty() ? see : "; did you mean " + near + "?");
  }
  return reason(e) + see;
}

}  // namespace fluxel::cli
