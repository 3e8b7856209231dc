// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the resize cases of kernels and of public calls share.

#include <string>
#include <utility>
#include <vector>

#include "fluxel/resize_options.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity {

coordinates draw_coordinates(random& r);
nearest_rounding draw_rounding(random& r);

/// Every filter and option, apart from alpha.
resize_options draw_resize_options(random& r, size src);
std::string describe(const resize_options& o);

/// Destination sizes: often any, sometimes an exact factor, which kernels treat apart.
size draw_destination(random& r, const limits& limit, size src, int channels);

/// How the images of one call look: interleaved, planes, batches.
struct batch {
  int channels, planes, count;
};
batch draw_batch(random& r);

/// The limit of one image of a batch.
limits share(const limits& limit, const batch& b);

/// Fills the source and adds both to the case.
void add_pair(random& r, test_case& c, tensor src, tensor dst, int bits = 0, int low_zero_bits = 0);

std::vector<kernels::image_pair> pairs_of(const call& k);

/// Pairs of independent sizes; `make` turns a shape into a tensor.
template <class Make>
void add_ragged(random& r, const limits& limit, test_case& c, Make&& make) {
  const batch first = draw_batch(r);
  const int pairs = r.pick({1, 1, 1, 2, 5});
  for (int i = 0; i < pairs; ++i) {
    const batch b{first.channels, first.planes, i == 0 ? first.count : r.between(1, 3)};
    const limits each = share({limit.max_side, limit.max_elements / pairs}, b);
    const size from = draw_size(r, each, b.channels);
    const size to = draw_destination(r, each, from, b.channels);
    tensor src = make(shape{from.width, from.height, b.channels, b.planes, b.count});
    tensor dst = make(shape{to.width, to.height, b.channels, b.planes, b.count});
    add_pair(r, c, std::move(src), std::move(dst));
  }
}

}  // namespace fluxel::parity
