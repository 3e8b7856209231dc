# SPDX-License-Identifier: Apache-2.0
"""fluxel.h by ctypes: as much of it as the comparison calls."""
import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_size_t, c_void_p, sizeof

U8, F16, F32 = 1, 3, 5
DEVICE_MEMORY, ON_CUDA, EDGE_ZERO = 3, 2, 0
FILTERS = {'bilinear': 0, 'area': 2, 'bicubic': 3, 'lanczos3': 4}


class Failed(RuntimeError):
    """A call that returned another status than FLUXEL_STATUS_OK; its message names the argument."""


class Image(ctypes.Structure):
    _fields_ = [('data', c_void_p), ('dtype', c_int32), ('memory', c_int32)] + [
        (n, c_int64) for n in ('width', 'height', 'channels', 'pitch', 'planes', 'plane_stride', 'count', 'stride')]


class ResizeOptions(ctypes.Structure):
    _fields_ = [('struct_size', c_size_t)] + [
        (n, c_int32) for n in ('filter', 'antialias', 'coordinates', 'rounding', 'alpha', 'has_region')] + [
        (n, c_double) for n in ('cubic_a', 'cubic_b', 'cubic_c', 'region_x', 'region_y', 'region_width',
                                'region_height', 'scale_x', 'scale_y')] + [
        ('linear_light', c_int32), ('reserved', c_int32)]


class Placement(ctypes.Structure):
    _fields_ = [('struct_size', c_size_t)] + [(n, c_int32) for n in ('run_on', 'device', 'threads', 'reserved')] + [
        ('resources', c_void_p * 6)]


class Geometry(ctypes.Structure):
    _fields_ = [('struct_size', c_size_t)] + [
        (n, c_int64) for n in ('src_width', 'src_height', 'dst_width', 'dst_height', 'channels')] + [
        ('dtype', c_int32), ('reserved', c_int32)]


class Weights(ctypes.Structure):
    _fields_ = [('data', c_void_p), ('bias', c_void_p)] + [
        (n, c_int64) for n in ('inputs', 'out_per_group', 'width', 'height')]


class ConvolutionOptions(ctypes.Structure):
    _fields_ = [('struct_size', c_size_t)] + [
        (n, c_int32) for n in ('stride_x', 'stride_y', 'dilation_x', 'dilation_y', 'padding', 'left', 'top', 'right',
                               'bottom', 'output_padding_x', 'output_padding_y', 'groups')]


def with_size(structure, **values):
    """Older and newer libraries read as much as `struct_size` says."""
    return structure(struct_size=sizeof(structure), **values)


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name in ('fluxel_last_message', 'fluxel_no_device_reason', 'fluxel_version'):
            getattr(self.c, name).restype = c_char_p
        self.c.fluxel_resizer_run.argtypes = [c_void_p, POINTER(Image), POINTER(Image), c_void_p]

    def check(self, status):
        if status != 0:
            raise Failed(self.c.fluxel_last_message().decode())

    def version(self):
        return self.c.fluxel_version().decode()

    def why_no_device(self):
        """'' when there is a device."""
        count = c_int32(0)
        self.check(self.c.fluxel_device_count(byref(count)))
        return '' if count.value > 0 else self.c.fluxel_no_device_reason().decode()

    def resize(self, src, dst, stream):
        self.check(self.c.fluxel_resize_bilinear(byref(src), byref(dst), None, None, c_void_p(stream)))

    def resizer(self, geometry, filter_name, antialias):
        """A callable (src, dst, stream)."""
        options = with_size(ResizeOptions, filter=FILTERS[filter_name], antialias=int(antialias), cubic_a=-0.75)
        placement = with_size(Placement, run_on=ON_CUDA, device=-1)
        made = c_void_p()
        self.check(self.c.fluxel_resizer_create(byref(geometry), byref(options), byref(placement), byref(made)))
        return lambda src, dst, stream: self.check(
            self.c.fluxel_resizer_run(made, byref(src), byref(dst), c_void_p(stream)))

    def upsample(self, src, dst, factor, stream):
        self.check(self.c.fluxel_upsample_conv_transpose(byref(src), byref(dst), factor, EDGE_ZERO, None,
                                                         c_void_p(stream)))

    def convolve(self, src, weights, dst, options, stream):
        self.check(self.c.fluxel_conv_transpose(byref(src), byref(weights), byref(dst), byref(options), None,
                                                c_void_p(stream)))
