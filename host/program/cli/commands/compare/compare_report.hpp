// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fluxel/comparison_sums.hpp"
#include "fluxel/types.hpp"

namespace fluxel::cli {

enum class report_kind : int { text = 0, json = 1, csv = 2 };

/// What the pictures that are compared look like.
struct compared_format {
  std::vector<std::string> channels;
  std::string pixel_format;
  double peak = 0;
  size picture;
  bool operator==(const compared_format&) const = default;
};

/// How near one channel, or all of them, is to the reference.
struct channel_measures {
  double mse = 0;
  double psnr = 0;
  double snr = 0;
  double ssim = 0;  ///< NaN: not measured
};

/// Prints the measures of pairs of pictures: of each as it comes, where the kind has a place for it, and of all of
/// them in the end.
class comparison_report {
 public:
  explicit comparison_report(report_kind kind) : kind_(kind) {}

  /// The format of the pictures that follow. @throws video::failure input  it changes between pictures.
  void begin(const compared_format& format);
  /// The sums of every channel of a picture.
  void add(const std::vector<comparison_sums>& picture);
  void finish();

  std::int64_t pictures() const { return pictures_; }
  /// Of all channels of all pictures.
  channel_measures total() const { return measured(sums_).back(); }

 private:
  std::vector<channel_measures> measured(const std::vector<comparison_sums>& sums) const;
  std::vector<std::string> rows() const;
  void print_csv(const std::vector<channel_measures>& m) const;
  void print_text(const std::vector<channel_measures>& m) const;
  std::string json(const std::vector<channel_measures>& m) const;

  report_kind kind_;
  compared_format format_;
  std::vector<comparison_sums> sums_;  // of each channel, of all pictures
  std::int64_t pictures_ = 0;
};

}  // namespace fluxel::cli
