// SPDX-License-Identifier: Apache-2.0
// Every enum of the C interface is one of the C++ interface: converted by a cast, so their values are the same. The
// test check_counterparts.py holds the list to the headers.

#include "fluxel/fluxel.h"
#include "fluxel/fluxel.hpp"
#include "fluxel/tensor.hpp"

#define FLUXEL_SAME(in_c, in_cpp) static_assert(static_cast<int>(in_c) == static_cast<int>(in_cpp), #in_c)

using namespace fluxel;

FLUXEL_SAME(FLUXEL_WARP_FILTER_BILINEAR, warp_filter::bilinear);
FLUXEL_SAME(FLUXEL_WARP_FILTER_BICUBIC, warp_filter::bicubic);

FLUXEL_SAME(FLUXEL_STABILIZE_BORDER_CROP, stabilize_border::crop);
FLUXEL_SAME(FLUXEL_STABILIZE_BORDER_BLACK, stabilize_border::black);
FLUXEL_SAME(FLUXEL_STABILIZE_BORDER_FILL, stabilize_border::fill);
FLUXEL_SAME(FLUXEL_LOCAL_MOTION_IGNORE, local_motion::ignore);
FLUXEL_SAME(FLUXEL_LOCAL_MOTION_FOLLOW, local_motion::follow);
FLUXEL_SAME(FLUXEL_STACK_RULE_MEAN, stack_rule::mean);
FLUXEL_SAME(FLUXEL_STACK_RULE_MEDIAN, stack_rule::median);

FLUXEL_SAME(FLUXEL_WARP_OUTSIDE_REPEAT, warp_outside::repeat);
FLUXEL_SAME(FLUXEL_WARP_OUTSIDE_KEEP, warp_outside::keep);

FLUXEL_SAME(FLUXEL_EDGE_ZERO, edge::zero);
FLUXEL_SAME(FLUXEL_EDGE_REPLICATE, edge::replicate);

FLUXEL_SAME(FLUXEL_PADDING_EXPLICIT, padding_rule::explicit_sides);
FLUXEL_SAME(FLUXEL_PADDING_SAME, padding_rule::same);
FLUXEL_SAME(FLUXEL_PADDING_VALID, padding_rule::valid);

FLUXEL_SAME(FLUXEL_FLOW_QUALITY_FAST, flow_quality::fast);
FLUXEL_SAME(FLUXEL_FLOW_QUALITY_BALANCED, flow_quality::balanced);
FLUXEL_SAME(FLUXEL_FLOW_QUALITY_ACCURATE, flow_quality::accurate);
FLUXEL_SAME(FLUXEL_FLOW_QUALITY_BEST, flow_quality::best);

FLUXEL_SAME(FLUXEL_WEIGHTED_MEDIAN_AFTER_NEVER, weighted_median_after::never);
FLUXEL_SAME(FLUXEL_WEIGHTED_MEDIAN_AFTER_FINEST_LEVEL, weighted_median_after::finest_level);
FLUXEL_SAME(FLUXEL_WEIGHTED_MEDIAN_AFTER_EVERY_LEVEL, weighted_median_after::every_level);
FLUXEL_SAME(FLUXEL_WEIGHTED_MEDIAN_AFTER_EVERY_WARP, weighted_median_after::every_warp);

FLUXEL_SAME(FLUXEL_FLOW_MODEL_WARPING, horn_schunck_model::warping);
FLUXEL_SAME(FLUXEL_FLOW_MODEL_CLASSIC, horn_schunck_model::classic);

FLUXEL_SAME(FLUXEL_FLOW_MODEL_WARPING, lucas_kanade_model::warping);
FLUXEL_SAME(FLUXEL_FLOW_MODEL_CLASSIC, lucas_kanade_model::classic);

FLUXEL_SAME(FLUXEL_FLOW_START_ZERO, flow_start::zero);
FLUXEL_SAME(FLUXEL_FLOW_START_PREVIOUS_FLOW, flow_start::previous_flow);

FLUXEL_SAME(FLUXEL_FLOW_REASON_VALID, flow_reason::valid);
FLUXEL_SAME(FLUXEL_FLOW_REASON_MASKED, flow_reason::masked);
FLUXEL_SAME(FLUXEL_FLOW_REASON_OUTSIDE, flow_reason::outside);
FLUXEL_SAME(FLUXEL_FLOW_REASON_FLAT, flow_reason::flat);
FLUXEL_SAME(FLUXEL_FLOW_REASON_APERTURE, flow_reason::aperture);
FLUXEL_SAME(FLUXEL_FLOW_REASON_RESIDUAL, flow_reason::residual);
FLUXEL_SAME(FLUXEL_FLOW_REASON_CUT, flow_reason::cut);
FLUXEL_SAME(FLUXEL_FLOW_REASON_INCONSISTENT, flow_reason::inconsistent);

FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_UNSPECIFIED, chroma_location::unspecified);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_LEFT, chroma_location::left);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_CENTER, chroma_location::center);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_TOP_LEFT, chroma_location::top_left);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_TOP, chroma_location::top);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_BOTTOM_LEFT, chroma_location::bottom_left);
FLUXEL_SAME(FLUXEL_CHROMA_LOCATION_BOTTOM, chroma_location::bottom);

FLUXEL_SAME(FLUXEL_COLOR_RANGE_UNSPECIFIED, color_range::unspecified);
FLUXEL_SAME(FLUXEL_COLOR_RANGE_LIMITED, color_range::limited);
FLUXEL_SAME(FLUXEL_COLOR_RANGE_FULL, color_range::full);

FLUXEL_SAME(FLUXEL_COLOR_MATRIX_UNSPECIFIED, color_matrix::unspecified);
FLUXEL_SAME(FLUXEL_COLOR_MATRIX_RGB, color_matrix::rgb);
FLUXEL_SAME(FLUXEL_COLOR_MATRIX_BT601, color_matrix::bt601);
FLUXEL_SAME(FLUXEL_COLOR_MATRIX_BT709, color_matrix::bt709);
FLUXEL_SAME(FLUXEL_COLOR_MATRIX_BT2020, color_matrix::bt2020);
FLUXEL_SAME(FLUXEL_COLOR_MATRIX_OTHER, color_matrix::other);

FLUXEL_SAME(FLUXEL_FIELD_ORDER_PROGRESSIVE, field_order::progressive);
FLUXEL_SAME(FLUXEL_FIELD_ORDER_TOP_FIRST, field_order::top_first);
FLUXEL_SAME(FLUXEL_FIELD_ORDER_BOTTOM_FIRST, field_order::bottom_first);

FLUXEL_SAME(FLUXEL_SIMILARITY_GAUSSIAN, similarity::gaussian);
FLUXEL_SAME(FLUXEL_SIMILARITY_BLOCKS, similarity::blocks);
FLUXEL_SAME(FLUXEL_SIMILARITY_NONE, similarity::none);

FLUXEL_SAME(FLUXEL_MOTION_MODEL_TRANSLATION, motion_model::translation);
FLUXEL_SAME(FLUXEL_MOTION_MODEL_SIMILARITY, motion_model::similarity);
FLUXEL_SAME(FLUXEL_MOTION_MODEL_AFFINE, motion_model::affine);
FLUXEL_SAME(FLUXEL_MOTION_MODEL_HOMOGRAPHY, motion_model::homography);

FLUXEL_SAME(FLUXEL_TRACK_STATUS_TRACKED, track_status::tracked);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_INVALID, track_status::invalid);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_OUTSIDE, track_status::outside);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_FLAT, track_status::flat);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_NOT_CONVERGED, track_status::not_converged);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_INCONSISTENT, track_status::inconsistent);
FLUXEL_SAME(FLUXEL_TRACK_STATUS_MASKED, track_status::masked);

FLUXEL_SAME(FLUXEL_COORDINATES_HALF_PIXEL, coordinates::half_pixel);
FLUXEL_SAME(FLUXEL_COORDINATES_ASYMMETRIC, coordinates::asymmetric);
FLUXEL_SAME(FLUXEL_COORDINATES_ALIGN_CORNERS, coordinates::align_corners);

FLUXEL_SAME(FLUXEL_ROUNDING_HALF_UP, nearest_rounding::half_up);
FLUXEL_SAME(FLUXEL_ROUNDING_HALF_DOWN, nearest_rounding::half_down);
FLUXEL_SAME(FLUXEL_ROUNDING_FLOOR, nearest_rounding::floor);
FLUXEL_SAME(FLUXEL_ROUNDING_CEIL, nearest_rounding::ceil);

FLUXEL_SAME(FLUXEL_FILTER_BILINEAR, filter::bilinear);
FLUXEL_SAME(FLUXEL_FILTER_NEAREST, filter::nearest);
FLUXEL_SAME(FLUXEL_FILTER_AREA, filter::area);
FLUXEL_SAME(FLUXEL_FILTER_BICUBIC, filter::bicubic);
FLUXEL_SAME(FLUXEL_FILTER_LANCZOS3, filter::lanczos3);
FLUXEL_SAME(FLUXEL_FILTER_MITCHELL, filter::mitchell);
FLUXEL_SAME(FLUXEL_FILTER_CATMULL_ROM, filter::catmull_rom);
FLUXEL_SAME(FLUXEL_FILTER_GAUSSIAN, filter::gaussian);
FLUXEL_SAME(FLUXEL_FILTER_HAMMING, filter::hamming);
FLUXEL_SAME(FLUXEL_FILTER_SPLINE36, filter::spline36);

FLUXEL_SAME(FLUXEL_ANTIALIAS_NO, antialias::no);
FLUXEL_SAME(FLUXEL_ANTIALIAS_YES, antialias::yes);

FLUXEL_SAME(FLUXEL_ALPHA_NONE, alpha::none);
FLUXEL_SAME(FLUXEL_ALPHA_STRAIGHT, alpha::straight);

FLUXEL_SAME(FLUXEL_TRANSFER_NONE, transfer_function::none);
FLUXEL_SAME(FLUXEL_TRANSFER_SRGB, transfer_function::srgb);
FLUXEL_SAME(FLUXEL_TRANSFER_BT1886, transfer_function::bt1886);
FLUXEL_SAME(FLUXEL_TRANSFER_GAMMA22, transfer_function::gamma22);
FLUXEL_SAME(FLUXEL_TRANSFER_GAMMA28, transfer_function::gamma28);
FLUXEL_SAME(FLUXEL_TRANSFER_PQ, transfer_function::pq);
FLUXEL_SAME(FLUXEL_TRANSFER_HLG, transfer_function::hlg);

FLUXEL_SAME(FLUXEL_TENSOR_LAYOUT_HW, tensor_layout::hw);
FLUXEL_SAME(FLUXEL_TENSOR_LAYOUT_HWC, tensor_layout::hwc);
FLUXEL_SAME(FLUXEL_TENSOR_LAYOUT_CHW, tensor_layout::chw);
FLUXEL_SAME(FLUXEL_TENSOR_LAYOUT_NHWC, tensor_layout::nhwc);
FLUXEL_SAME(FLUXEL_TENSOR_LAYOUT_NCHW, tensor_layout::nchw);

FLUXEL_SAME(FLUXEL_STATUS_INVALID_ARGUMENT, errc::invalid_argument);
FLUXEL_SAME(FLUXEL_STATUS_NO_DEVICE, errc::no_device);
FLUXEL_SAME(FLUXEL_STATUS_OUT_OF_MEMORY, errc::out_of_memory);
FLUXEL_SAME(FLUXEL_STATUS_DEVICE_FAILURE, errc::device_failure);
FLUXEL_SAME(FLUXEL_STATUS_INTERNAL, errc::internal);

FLUXEL_SAME(FLUXEL_DTYPE_U8, element_type::u8);
FLUXEL_SAME(FLUXEL_DTYPE_U16, element_type::u16);
FLUXEL_SAME(FLUXEL_DTYPE_F16, element_type::f16);
FLUXEL_SAME(FLUXEL_DTYPE_BF16, element_type::bf16);
FLUXEL_SAME(FLUXEL_DTYPE_F32, element_type::f32);

FLUXEL_SAME(FLUXEL_MEMORY_HOST, memory_kind::host);
FLUXEL_SAME(FLUXEL_MEMORY_PINNED, memory_kind::pinned);
FLUXEL_SAME(FLUXEL_MEMORY_MANAGED, memory_kind::managed);
FLUXEL_SAME(FLUXEL_MEMORY_DEVICE, memory_kind::device);

FLUXEL_SAME(FLUXEL_RUN_ON_BY_MEMORY, run_on::by_memory);
FLUXEL_SAME(FLUXEL_RUN_ON_CPU, run_on::cpu);
FLUXEL_SAME(FLUXEL_RUN_ON_CUDA, run_on::cuda);
FLUXEL_SAME(FLUXEL_RUN_ON_AUTOMATIC, run_on::automatic);

FLUXEL_SAME(FLUXEL_BACKEND_CPU, backend::cpu);
FLUXEL_SAME(FLUXEL_BACKEND_CUDA, backend::cuda);
