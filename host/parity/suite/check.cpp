// SPDX-License-Identifier: Apache-2.0
#include "host/parity/suite/check.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "host/parity/suite/float_environment.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity {

namespace {

/// Padding and poison. It differs between the truth and every backend, so that a read outside the pixels or of an
/// unwritten output cannot stay unseen. Every pattern is also some float, often NaN.
void fill_noise(std::span<std::byte> block, std::uint64_t seed) {
  random r(seed);
  for (auto& b : block) b = std::byte(r.next() >> 56);
}

/// A block in a row's memory.
class device_block {
 public:
  device_block(const kernels::memory_functions& memory, std::size_t bytes)
      : memory_(&memory), data_(static_cast<std::byte*>(memory.allocate(std::max<std::size_t>(bytes, 1)))) {}
  device_block(device_block&& other) noexcept : memory_(other.memory_), data_(std::exchange(other.data_, nullptr)) {}
  device_block& operator=(device_block&&) = delete;
  ~device_block() {
    if (data_ != nullptr) memory_->release(data_);
  }
  std::byte* data() const { return data_; }

 private:
  const kernels::memory_functions* memory_;
  std::byte* data_;
};

/// One tensor in a row's memory, and what was put there.
struct placed {
  const tensor* t;
  std::vector<std::byte> initial;
  device_block block;

  kernels::image view() const {
    kernels::image v = t->view;
    v.data = block.data() + t->first;
    return v;
  }
};

/// All tensors of a case on one stream.
struct running_call {
  std::vector<placed> in, out;
  CUstream_st* stream = nullptr;
};

kernels::status place_all(const std::vector<tensor>& tensors, const kernels::backend_table& row, std::uint64_t seed,
                          CUstream_st* stream, std::vector<placed>& to) {
  for (const auto& t : tensors) {
    std::vector<std::byte> initial(t.block_bytes);
    fill_noise(initial, ++seed);
    if (!t.pixels.empty()) scatter(t, t.pixels, initial);
    to.push_back({&t, std::move(initial), device_block(row.memory, t.block_bytes)});
    auto& p = to.back();
    if (p.block.data() == nullptr) return kernels::status::out_of_memory;
    const auto s = row.memory.upload(p.block.data(), p.initial.data(), p.initial.size(), stream);
    if (s != kernels::status::ok) return s;
  }
  return kernels::status::ok;
}

std::string failed(const char* what, kernels::status s) {
  constexpr const char* names[] = {"ok", "no_device", "out_of_memory", "launch_failed", "unsupported"};
  return std::string(what) + ": " + names[static_cast<int>(s)];
}

kernels::status invoke(const test_case& c, const call& with, int hostile) {
  if (hostile == 0) return c.invoke(with);
  const hostile_float_environment environment(hostile);
  const auto s = c.invoke(with);
  if (!environment.intact()) throw std::runtime_error("the caller's floating-point environment was changed");
  return s;
}

std::string start(const test_case& c, const kernels::backend_table& row, const kernels::launch_options& launch,
                  std::uint64_t seed, int hostile, running_call& l) {
  l.stream = launch.stream;
  auto s = place_all(c.in, row, seed, launch.stream, l.in);
  if (s == kernels::status::ok) s = place_all(c.out, row, seed + 1000, launch.stream, l.out);
  if (s != kernels::status::ok) return failed("memory", s);
  std::vector<kernels::image> in, out;
  for (const auto& p : l.in) in.push_back(p.view());
  for (const auto& p : l.out) out.push_back(p.view());
  try {
    s = invoke(c, {row, launch, in, out}, hostile);
  } catch (const std::exception& e) {
    return e.what();
  }
  return s == kernels::status::ok ? "" : failed("call", s);
}

std::string finish(const kernels::backend_table& row, running_call& l, std::vector<std::vector<std::byte>>& results) {
  auto s = kernels::status::ok;
  for (auto* side : {&l.in, &l.out})
    for (auto& p : *side) {
      auto& result = results.emplace_back(p.initial.size());
      if (s == kernels::status::ok) s = row.memory.download(result.data(), p.block.data(), result.size(), l.stream);
    }
  if (s == kernels::status::ok) s = row.memory.synchronize(l.stream);
  return s == kernels::status::ok ? "" : failed("download", s);
}

/// Names the pixel, or the padding, at an offset of a block.
std::string locate(const tensor& t, std::size_t offset) {
  std::vector<std::byte> marks(t.block_bytes), where(t.packed_bytes());
  marks[offset] = std::byte{1};
  gather(t, marks, where);
  const auto hit = std::find(where.begin(), where.end(), std::byte{1});
  if (hit == where.end()) return "padding at byte " + std::to_string(offset);
  const auto element = std::size_t(hit - where.begin()) / t.element_bytes;
  const auto& v = t.view;
  const std::size_t c = element % v.channels, x = element / v.channels % v.width;
  const std::size_t y = element / v.channels / v.width % v.height, plane = element / v.channels / v.width / v.height;
  char text[100];
  std::snprintf(text, sizeof text, "x %zu y %zu channel %zu plane %zu", x, y, c, plane);
  return text;
}

std::string hex_at(const tensor& t, std::span<const std::byte> block, std::size_t offset) {
  const std::size_t e = t.element_bytes;
  const std::size_t phase = (offset + e - std::size_t(t.first) % e) % e;
  std::string text;
  for (int i = t.element_bytes - 1; i >= 0; --i) {
    const std::size_t at = offset - phase + i;
    char digits[3] = "--";
    if (at < block.size()) std::snprintf(digits, sizeof digits, "%02x", unsigned(block[at]));
    text += digits;
  }
  return text;
}

std::string compare_block(const tensor& t, std::span<const std::byte> expected, std::span<const std::byte> got,
                          const char* which) {
  if (std::memcmp(expected.data(), got.data(), got.size()) == 0) return "";
  const auto at = std::size_t(std::mismatch(got.begin(), got.end(), expected.begin()).first - got.begin());
  return std::string(which) + " " + locate(t, at) + ": got " + hex_at(t, got, at) + ", expected " +
         hex_at(t, expected, at);
}

/// The canonical pixels of an output; puts them back into the block too.
std::vector<std::byte> take_pixels(const tensor& t, std::span<std::byte> block) {
  std::vector<std::byte> pixels(t.packed_bytes());
  gather(t, block, pixels);
  make_nans_alike(t.kind, pixels);
  scatter(t, pixels, block);
  return pixels;
}

void compare(const test_case& c, const truth& expected, running_call& l, std::vector<std::vector<std::byte>>& results,
             verdict& v) {
  v.hash = hash_start;
  for (std::size_t i = 0; i < c.in.size() && v.problem.empty(); ++i) {
    v.problem = compare_block(c.in[i], l.in[i].initial, results[i], "source changed:");
    v.bytes += results[i].size();
  }
  for (std::size_t i = 0; i < c.out.size() && v.problem.empty(); ++i) {
    auto& got = results[c.in.size() + i];
    const auto pixels = take_pixels(c.out[i], got);
    v.hash = hash_bytes(pixels.data(), pixels.size(), v.hash);
    auto& whole = l.out[i].initial;
    scatter(c.out[i], expected.pixels[i], whole);
    v.problem = compare_block(c.out[i], whole, got, "output");
    v.bytes += got.size();
  }
}

}  // namespace

std::uint64_t input_hash(const test_case& c) {
  std::uint64_t hash = hash_bytes(c.description);
  for (const auto& t : c.in) hash = hash_bytes(t.pixels.data(), t.pixels.size(), hash);
  return hash;
}

truth run_truth(const test_case& c) {
  truth result{.hash = hash_start};
  const auto& row = kernels::scalar();
  running_call l;
  std::vector<std::vector<std::byte>> blocks;
  result.problem = start(c, row, {.threads = 1}, 1, 0, l);
  if (result.problem.empty()) result.problem = finish(row, l, blocks);
  for (std::size_t i = 0; i < c.out.size() && result.problem.empty(); ++i) {
    result.pixels.push_back(take_pixels(c.out[i], blocks[c.in.size() + i]));
    result.hash = hash_bytes(result.pixels[i].data(), result.pixels[i].size(), result.hash);
  }
  return result;
}

verdict run_backend(const test_case& c, const truth& expected, const backend& b) {
  verdict v;
  if (!b.cpu_target.empty() && !kernels::force_cpu_target(b.cpu_target)) {
    v.problem = "force_cpu_target refused " + b.cpu_target;
    return v;
  }
  if (b.device >= 0) kernels::cuda_bind_device(b.device);
  for (int repeat = 0; repeat < b.repeats && v.problem.empty(); ++repeat) {
    std::vector<running_call> launches(b.streams.size());
    for (std::size_t i = 0; i < launches.size() && v.problem.empty(); ++i)
      v.problem =
          start(c, *b.row, {b.streams[i], b.threads}, hash_bytes(b.name) + repeat * 97 + i, b.hostile, launches[i]);
    for (std::size_t i = 0; i < launches.size(); ++i) {
      std::vector<std::vector<std::byte>> results;
      if (v.problem.empty())
        v.problem = finish(*b.row, launches[i], results);
      else
        b.row->memory.synchronize(b.streams[i]);  // memory is released next
      if (v.problem.empty()) compare(c, expected, launches[i], results, v);
    }
  }
  if (!b.cpu_target.empty()) kernels::force_cpu_target("");
  return v;
}

}  // namespace fluxel::parity
