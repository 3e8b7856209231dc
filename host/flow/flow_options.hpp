// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of what the flow objects' geometries and options share, and what their presets share.

#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"

namespace fluxel::host {

/// Checks the arguments of one public function. Every check throws invalid_argument "function: argument: problem".
class option_checks {
 public:
  explicit option_checks(const char* function) : function_(function) {}

  void must(bool holds, const char* argument, const char* problem) const;
  /// least <= value <= most; NaN is neither.
  void in(double value, double least, double most, const char* argument) const;
  /// 0, or within the bounds.
  void zero_or_in(double value, double least, double most, const char* argument) const;

  void side(int value, const char* argument) const;
  void geometry(const flow_geometry& geometry) const;
  void range_of_values(const flow_geometry& geometry) const;
  /// Of an object that takes no batches.
  void single_geometry(const flow_geometry& geometry) const;

  void pyramid(const flow_pyramid_options& pyramid) const;
  void search(const flow_search_options& search) const;
  void data_term(const flow_data_term_options& data_term) const;
  void warping(const flow_warping_options& warping) const;
  void median(const flow_median_options& median) const;
  void weighted_median(const flow_weighted_median_options& median) const;
  void validity(const flow_validity_options& validity) const;
  void precision(int precision, const flow_geometry& geometry) const;
  void quality(flow_quality quality) const;
  /// What the options of every method of dense flow have.
  template <class Options>
  void dense_flow(const Options& o) const {
    must(static_cast<int>(o.model) == 0 || static_cast<int>(o.model) == 1, "options.model",
         "must be warping or classic");
    pyramid(o.pyramid);
    search(o.search);
    data_term(o.data_term);
    warping(o.warping);
    median(o.median);
    weighted_median(o.weighted_median);
    validity(o.validity);
  }

 private:
  const char* function_;
};

/// Brightness constancy and a quadratic penalty: the data term of the literature.
inline constexpr flow_data_term_options brightness_alone{
    .brightness = 1, .gradient = 0, .brightness_epsilon = 0, .gradient_epsilon = 0};

/// The scale of a pyramid with few levels.
inline constexpr double halving = 0.5;

/// The shorter side of the coarsest level in the methods of the literature.
inline constexpr int literature_side = 16;

}  // namespace fluxel::host
