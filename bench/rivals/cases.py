# SPDX-License-Identifier: Apache-2.0
"""What is compared. A case makes its buffers and yields (who, call); call(i, stream) works on buffer pair i."""
import torch
import torch.nn.functional as F

import library as fx
from others import cvcuda_resize, npp_resize

DTYPES = {torch.uint8: fx.U8, torch.float16: fx.F16, torch.float32: fx.F32}
HD540, HD720, HD1080, UHD = (960, 540), (1280, 720), (1920, 1080), (3840, 2160)


def noise(shape, dtype):
    if dtype == torch.uint8:
        return torch.randint(0, 256, shape, dtype=dtype, device='cuda')
    return torch.rand(shape, device='cuda').to(dtype)


def image(t, planar):
    """A tensor (count, height, width, channels), or with `planar` (count, planes, height, width)."""
    n, a, b, c = t.shape
    height, width, channels, planes = (b, c, 1, a) if planar else (a, b, c, 1)
    return fx.Image(data=t.data_ptr(), dtype=DTYPES[t.dtype], memory=fx.DEVICE_MEMORY, width=width, height=height,
                    channels=channels, planes=planes, count=n)


class Case:
    """A name, and the shapes and type of source and destination."""

    def __init__(self, name, dtype, src_shape, dst_shape, calls, planar=False):
        self.name, self.dtype, self.src_shape, self.dst_shape = name, dtype, src_shape, dst_shape
        self.calls, self.planar = calls, planar

    def bytes(self):
        elements = [torch.Size(s).numel() for s in (self.src_shape, self.dst_shape)]
        return sum(elements) * torch.empty(0, dtype=self.dtype).element_size()

    def buffers(self, count):
        return ([noise(self.src_shape, self.dtype) for _ in range(count)],
                [torch.empty(self.dst_shape, dtype=self.dtype, device='cuda') for _ in range(count)])


def images(case, tensors):
    return [image(t, case.planar) for t in tensors]


def bilinear(label, dtype, channels, src, dst, count=1, planar=False):
    def shape(size):
        return (count, channels, size[1], size[0]) if planar else (count, size[1], size[0], channels)

    def calls(case, lib, S, D):
        s, d = images(case, S), images(case, D)
        yield 'fluxel', lambda i, stream: lib.resize(s[i], d[i], stream)
        if dtype == torch.uint8:
            yield 'CV-CUDA', cvcuda_resize(S, D, 'LINEAR')
            if count == 1:
                yield 'NPP', npp_resize(S, D)
        else:
            X = S if planar else [t.permute(0, 3, 1, 2) for t in S]
            yield 'PyTorch', lambda i, stream: F.interpolate(X[i], size=dst[::-1], mode='bilinear')
    return Case(f'bilinear {label}', dtype, shape(src), shape(dst), calls, planar)


def filtered(label, dtype, src, dst, name, antialias):
    def calls(case, lib, S, D):
        geometry = fx.with_size(fx.Geometry, src_width=src[0], src_height=src[1], dst_width=dst[0], dst_height=dst[1],
                                channels=3, dtype=DTYPES[dtype])
        run = lib.resizer(geometry, name, antialias)
        s, d = images(case, S), images(case, D)
        yield 'fluxel', lambda i, stream: run(s[i], d[i], stream)
        if dtype == torch.uint8:
            interpolation = {'bilinear': 'LINEAR', 'area': 'BOX', 'bicubic': 'CUBIC', 'lanczos3': 'LANCZOS'}[name]
            yield 'CV-CUDA', cvcuda_resize(S, D, interpolation, antialias=antialias)
        elif name != 'lanczos3':
            X = [t.permute(0, 3, 1, 2).contiguous() for t in S]
            how = {} if name == 'area' else {'antialias': antialias}
            yield 'PyTorch', lambda i, stream: F.interpolate(X[i], size=dst[::-1], mode=name, **how)
    return Case(f'{name}{"+aa" if antialias else ""} {label}', dtype, (1, src[1], src[0], 3), (1, dst[1], dst[0], 3),
                calls)


def convolution(label, count, inputs, outputs, side, kernel, stride, pad):
    out = (side - 1) * stride + kernel - 2 * pad

    def calls(case, lib, S, D):
        w = torch.randn(inputs, outputs, kernel, kernel, device='cuda') * .05
        weights = fx.Weights(data=w.data_ptr(), inputs=inputs, out_per_group=outputs, width=kernel, height=kernel)
        options = fx.with_size(fx.ConvolutionOptions, stride_x=stride, stride_y=stride, dilation_x=1, dilation_y=1,
                               left=pad, top=pad, right=pad, bottom=pad, groups=1)
        s, d = images(case, S), images(case, D)
        yield 'fluxel', lambda i, stream: lib.convolve(s[i], weights, d[i], options, stream)
        for name, tf32 in (('cuDNN fp32', False), ('cuDNN tf32', True)):
            torch.backends.cudnn.allow_tf32 = tf32
            yield name, lambda i, stream: F.conv_transpose2d(S[i], w, stride=stride, padding=pad)
    return Case(f'deconvolution {label}', torch.float32, (count, inputs, side, side), (count, outputs, out, out),
                calls, planar=True)


def upsampling(factor):
    def calls(case, lib, S, D):
        s, d = images(case, S), images(case, D)
        yield 'fluxel', lambda i, stream: lib.upsample(s[i], d[i], factor, stream)
        x = torch.arange(2 * factor, device='cuda', dtype=torch.float32)
        tent = 1 - (x - (factor - .5)).abs() / factor
        w = (tent[:, None] * tent)[None, None].repeat(64, 1, 1, 1).contiguous()
        yield 'PyTorch', lambda i, stream: F.conv_transpose2d(S[i], w, stride=factor, padding=factor // 2, groups=64)
    return Case(f'depthwise deconvolution x{factor}', torch.float32, (8, 64, 128, 128),
                (8, 64, 128 * factor, 128 * factor), calls, planar=True)


def all_cases():
    u8, f16, f32 = torch.uint8, torch.float16, torch.float32
    for c in (3, 1, 4):
        for label, a, b in (('1080p to 540p', HD1080, HD540), ('1080p to 720p', HD1080, HD720),
                            ('1080p to 4K', HD1080, UHD), ('4K to 1080p', UHD, HD1080),
                            ('720p to 1080p', HD720, HD1080)):
            yield bilinear(f'u8x{c} {label}', u8, c, a, b)
        yield bilinear(f'u8x{c} 64x 1080p to 720p', u8, c, HD1080, HD720, 64)
    yield bilinear('u8x3 64x 1080p to 540p', u8, 3, HD1080, HD540, 64)
    yield bilinear('u8x3 32x 1080p to 4K', u8, 3, HD1080, UHD, 32)
    yield bilinear('u8x3 32x 720p to 1080p', u8, 3, HD720, HD1080, 32)
    yield bilinear('u8x1 64x 1080p to 4K', u8, 1, HD1080, UHD, 64)
    for dtype, label in ((f32, 'f32'), (f16, 'f16')):
        yield bilinear(f'{label} 8x64x128 to 256', dtype, 64, (128, 128), (256, 256), 8, planar=True)
    for dtype, label in ((u8, 'u8x3'), (f32, 'f32x3')):
        for name in ('bilinear', 'bicubic', 'lanczos3'):
            yield filtered(f'{label} 4K to 720p', dtype, UHD, HD720, name, True)
        yield filtered(f'{label} 4K to 720p', dtype, UHD, HD720, 'area', False)
        yield filtered(f'{label} 1080p to 4K', dtype, HD1080, UHD, 'bicubic', False)
    yield upsampling(2)
    yield upsampling(4)
    yield convolution('8x 64 to 32 k4 s2 64x64', 8, 64, 32, 64, 4, 2, 1)
    yield convolution('21 to 21 k64 s32 16x16', 1, 21, 21, 16, 64, 32, 16)
    yield convolution('64x 512 to 256 k4 s2 8x8', 64, 512, 256, 8, 4, 2, 1)
