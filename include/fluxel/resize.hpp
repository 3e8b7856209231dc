#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// Where destination pixel i lies on the source axis, both counted from 0 at the first pixel's centre.
enum class coordinates : int {
  half_pixel = 0,     ///< (i + 0.5) * src / dst - 0.5: the outer edges of both images coincide
  asymmetric = 1,     ///< i * src / dst: the first centres coincide (the "proportional" rule)
  align_corners = 2,  ///< i * (src - 1) / (dst - 1): first and last centres coincide; 0 when dst is 1
};

/// Which source pixel is nearest to position p.
enum class nearest_rounding : int {
  half_up = 0,    ///< floor(p + 0.5): with half_pixel, the pixel that contains the point
  half_down = 1,  ///< ceil(p - 0.5)
  floor = 2,
  ceil = 3,
};

enum class filter : int {
  bilinear = 0,  ///< triangle of radius 1
  nearest = 1,
  area = 2,     ///< mean over the exact footprint of the destination pixel; antialiased by definition
  bicubic = 3,  ///< Keys' cubic convolution with `cubic_a`
  lanczos3 = 4,
};

/// Whether the filter is stretched by the scale when an axis is reduced, as Pillow and torchvision
/// (`antialias=True`) do. Taps past the border are dropped and the rest renormalised. Without it the filter
/// keeps its width and the border pixel repeats.
enum class antialias : int { no = 0, yes = 1 };

struct resize_options {
  fluxel::filter filter = fluxel::filter::bilinear;
  fluxel::antialias antialias = fluxel::antialias::no;
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  nearest_rounding rounding = nearest_rounding::half_up;  ///< only for filter::nearest
  double cubic_a = -0.75;                                 ///< only for filter::bicubic; in [-2, 0]
  fluxel::alpha alpha = fluxel::alpha::none;
  /// The part of the source that is mapped onto the destination; edges may be fractional and lie outside the
  /// image, whose border then repeats. Pixels around it are read. Not with align_corners.
  std::optional<rect> region = std::nullopt;
  /// Destination pixels per source pixel; 0 derives it from the sizes. Not with align_corners or a region.
  double scale_x = 0;
  double scale_y = 0;
  int threads = 0;  ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

struct bilinear_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  int threads = 0;  ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

struct nearest_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  nearest_rounding rounding = nearest_rounding::half_up;
  int threads = 0;
};

/// Resize by bilinear interpolation, without antialiasing.
///
/// Pixel centres sit at half-integers: x_src = (x_dst + 0.5) * src.width / dst.width - 0.5 (see `coordinates`).
/// Coordinates outside `src` repeat its edge pixel. Integer pixels are rounded half up, once, from a fixed-point
/// result that is never off by more than 1; f16 and bf16 compute in f32 and round once, half to even.
///
/// @tparam T      u8, u16, f16, bf16 or f32.
/// @param src     count x planes x height x width x channels, any pitch.
/// @param dst     same channels, planes, count and memory as `src`; must not overlap it.
/// @param stream  device views: where the work is enqueued; host views: the default.
/// @throws fluxel::error invalid_argument  an empty view, or views that disagree or overlap.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
/// @throws fluxel::error device_failure    the launch was refused.
///
/// Device calls only enqueue: `src` and `dst` must outlive the work on `stream`; nothing is allocated. Host calls
/// are finished on return and use the process-wide pool. Same bytes on every backend.
template <class T>
void resize_bilinear(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                     const bilinear_options& options = {}, stream_ref stream = {});

/// Resize by the nearest source pixel. Copies elements, whatever they mean; documented as `resize_bilinear`.
///
/// The index is round(p) by `rounding`, clamped to the image, where p is the exact rational position by `coordinates`.
///
/// @tparam T  an element type of fluxel, or any trivially copyable type of 1, 2, 4 or 8 bytes.
template <class T>
void resize_nearest(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                    const nearest_options& options = {}, stream_ref stream = {});

/// Resize by any filter and option. Builds a `resizer` for this one call: it allocates, and on device views it
/// waits for the stream before it frees its tables. For repeated geometry keep a `resizer`.
template <class T>
void resize(std::type_identity_t<image_view<const T>> src, image_view<T> dst, const resize_options& options,
            stream_ref stream = {});

/// `resize_bilinear` on device memory of the current device: interleaved pixels, one image, half-pixel centres.
///
/// Pitches are bytes between rows, of any sign; 0 means packed. Only enqueues one kernel on `stream`: no
/// allocation, no synchronisation, capturable in a CUDA graph (after `warm_up`).
///
/// @throws fluxel::error invalid_argument, no_device, device_failure  as the view call.
template <class T>
void resize_bilinear(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                     std::ptrdiff_t dst_pitch, int channels, stream_ref stream);

/// `resize_nearest` on device memory of the current device, as above.
template <class T>
void resize_nearest(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                    std::ptrdiff_t dst_pitch, int channels, stream_ref stream);

/// One source and destination of a ragged batch.
template <class T>
struct resize_pair {
  image_view<const T> src;
  image_view<T> dst;
};

/// What a `resizer` is built for.
struct resize_geometry {
  size src;
  size dst;
  int channels = 1;
  element_type type = element_type::u8;
  bool operator==(const resize_geometry&) const = default;
};

/// A resize of fixed geometry, for repeated use: the tables are made once, by the constructor.
///
/// May serve several streams at once. Allocates nothing after construction, except that `run` on a ragged batch
/// of filtered images needs `prepare` first. Binds the current device; the destructor requires that the work it
/// enqueued has finished.
class resizer {
 public:
  /// @param device  which processor; by_memory decides at each call and prepares both where there are both.
  /// @throws fluxel::error invalid_argument  a size below 1, channels below 1, or options that contradict.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  resizer(const resize_geometry& geometry, const resize_options& options = {}, run_on device = run_on::by_memory);

  /// Frames: every plane with its own size, chroma sited as the frame says.
  /// @param src  the format and size of the frames to come; only its description is read, never its pixels.
  resizer(const frame_format& src, size dst, const resize_options& options = {}, run_on device = run_on::by_memory);

  /// Ragged batches: the geometry comes with each pair.
  explicit resizer(const resize_options& options, run_on device = run_on::by_memory);

  resizer(resizer&&) noexcept;
  resizer& operator=(resizer&&) noexcept;
  ~resizer();

  /// Resize views of the constructor's geometry. @throws fluxel::error invalid_argument  another geometry.
  template <class T>
  void operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst, stream_ref stream = {}) const;

  /// Resize one frame into another of the same format and the constructor's size.
  void operator()(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream = {}) const;

  /// Resize pairs of any sizes in one call.
  template <class T>
  void operator()(std::span<const resize_pair<T>> pairs, stream_ref stream = {}) const;

  /// Make the tables for these geometries, so that a ragged call allocates nothing. Bilinear and nearest without
  /// region and scale never need it.
  void prepare(std::span<const resize_geometry> geometries);

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
