# SPDX-License-Identifier: Apache-2.0
"""CV-CUDA and NPP, where they are installed; None in place of a call where they are not."""
import ctypes
from ctypes import c_int, c_size_t, c_uint, c_void_p

import torch

try:
    import cvcuda
except ImportError:
    cvcuda = None


def load_npp():
    for number in ('13', '12'):
        try:
            ctypes.CDLL(f'libnppc.so.{number}', ctypes.RTLD_GLOBAL)
            return ctypes.CDLL(f'libnppig.so.{number}')
        except OSError:
            pass
    return None


npp = load_npp()


def names():
    return [n for n, module in (('PyTorch ' + torch.__version__, torch), ('CV-CUDA', cvcuda), ('NPP', npp)) if module]


def cvcuda_resize(S, D, interpolation, antialias=False):
    """`antialias` takes its high-quality resize."""
    if cvcuda is None:
        return None
    src, dst = [cvcuda.as_tensor(t, 'NHWC') for t in S], [cvcuda.as_tensor(t, 'NHWC') for t in D]
    how = getattr(cvcuda.Interp, interpolation)

    def call(i, stream):
        on = cvcuda.as_stream(torch.cuda.ExternalStream(stream))
        if antialias or interpolation == 'BOX':
            cvcuda.hq_resize_into(dst[i], src[i], antialias=antialias, interpolation=how, stream=on)
        else:
            cvcuda.resize_into(dst[i], src[i], how, stream=on)
    return call


class NppSize(ctypes.Structure):
    _fields_ = [('width', c_int), ('height', c_int)]


class NppRect(ctypes.Structure):
    _fields_ = [('x', c_int), ('y', c_int), ('width', c_int), ('height', c_int)]


class NppContext(ctypes.Structure):
    _fields_ = [('stream', c_void_p), ('device', c_int), ('multiprocessors', c_int), ('threads', c_int),
                ('block_threads', c_int), ('shared', c_size_t), ('major', c_int), ('minor', c_int), ('flags', c_uint),
                ('reserved', c_void_p)]


def npp_resize(S, D):
    if npp is None:
        return None
    linear = 2
    p = torch.cuda.get_device_properties(0)
    height, width, channels = S[0].shape[1:]
    out_height, out_width = D[0].shape[1:3]
    function = getattr(npp, f'nppiResize_8u_C{channels}R_Ctx', None)
    if function is None:
        return None

    def call(i, stream):
        context = NppContext(stream, 0, p.multi_processor_count, 2048, 1024, 49152, p.major, p.minor, 0, None)
        status = function(c_void_p(S[i].data_ptr()), width * channels, NppSize(width, height),
                          NppRect(0, 0, width, height), c_void_p(D[i].data_ptr()), out_width * channels,
                          NppSize(out_width, out_height), NppRect(0, 0, out_width, out_height), linear, context)
        if status != 0:
            raise RuntimeError(f'NPP status {status}')
    return call
