// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_dataset.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace fluxel::video {

namespace {

namespace fs = std::filesystem;

bool exists(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

void add(std::vector<flow_example>& all, flow_example e) {
  std::erase_if(e.truths, [](const auto& t) { return !exists(t.path); });
  if (exists(e.first) && exists(e.second) && !e.truths.empty()) all.push_back(std::move(e));
}

/// NAME/frame10.png and frame11.png under `pictures`, NAME/flow10.flo under `truths`.
void find_middlebury(const fs::path& pictures, const fs::path& truths, const std::string& kind,
                     std::vector<flow_example>& all) {
  for (const fs::path& entry : sorted_entries(pictures)) {
    const std::string name = entry.filename().string();
    add(all, {name + kind, entry / "frame10.png", entry / "frame11.png", {{"", truths / name / "flow10.flo"}}});
  }
}

void find_kitti(const fs::path& folder, std::vector<flow_example>& all) {
  const std::string ending = "_10.png";
  for (const char* camera : {"image_0", "colored_0", "image_2"})
    for (const fs::path& first : sorted_entries(folder / camera)) {
      const std::string file = first.filename().string();
      if (!file.ends_with(ending)) continue;
      const std::string number = file.substr(0, file.size() - ending.size());
      add(all, {number + ' ' + camera,
                first,
                folder / camera / (number + "_11.png"),
                {{"occ", folder / "flow_occ" / file}, {"noc", folder / "flow_noc" / file}}});
    }
}

/// The picture after "frame_0001.png"; empty for a name of another kind.
std::string next_frame(const std::string& file) {
  const std::string prefix = "frame_", suffix = ".png";
  if (!file.starts_with(prefix) || !file.ends_with(suffix)) return {};
  const std::string digits = file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
  int number = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (status != std::errc() || end != digits.data() + digits.size()) return {};
  std::string next = std::to_string(number + 1);
  if (next.size() < digits.size()) next.insert(0, digits.size() - next.size(), '0');
  return prefix + next + suffix;
}

void find_sintel(const fs::path& folder, std::vector<flow_example>& all) {
  for (const char* pass : {"clean", "final"})
    for (const fs::path& scene : sorted_entries(folder / pass))
      for (const fs::path& first : sorted_entries(scene)) {
        const std::string next = next_frame(first.filename().string());
        if (next.empty()) continue;
        const fs::path truth = folder / "flow" / scene.filename() / (first.stem().string() + ".flo");
        add(all, {pass + (' ' + scene.filename().string()) + '/' + first.stem().string(),
                  first,
                  scene / next,
                  {{"", truth}}});
      }
}

}  // namespace

std::vector<flow_example> find_flow_examples(const std::string& name) {
  std::vector<flow_example> all;
  const fs::path folder = name;
  find_middlebury(folder, folder, "", all);
  find_middlebury(folder / "other-data", folder / "other-gt-flow", "", all);
  find_middlebury(folder / "other-data-gray", folder / "other-gt-flow", " grey", all);
  for (const fs::path& training : {folder, folder / "training"}) {
    find_kitti(training, all);
    find_sintel(training, all);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace fluxel::video
