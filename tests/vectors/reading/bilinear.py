# SPDX-License-Identifier: Apache-2.0
"""Bilinear interpolation of every type, without antialiasing."""
from fractions import Fraction

from reading.numbers import to_f32
from reading.positions import Axis


def lerp_u8(lifted):
    weight = lambda f: f + (1 << 16) >> 17
    across = lambda a, b, w: (a << 7) + ((b - a) * w + 128 >> 8)
    rounding = (64 << 15) + (1 << 14 if lifted else 0)
    down = lambda a, b, w: (a << 15) + (b - a) * w + rounding >> 22
    return weight, across, down


def lerp_u16(lifted):
    weight = lambda f: f + (1 << 7) >> 8
    across = lambda a, b, w: (a << 12) + ((b - a) * w + (1 << 11) >> 12)
    rounding = (1 << 11) + (6 if lifted else 0)
    down = lambda a, b, w: a + ((b - a) * w >> 24) + rounding >> 12
    return weight, across, down


def lerp_float(_):
    def step(a, b, w):
        return a if w == 0 else to_f32(w * to_f32(b - a) + a)
    return lambda f: to_f32(Fraction(f)) / 2**32, step, step


def lerp_of(v, x_denominator, y_denominator):
    d = x_denominator * y_denominator
    lifted = d % 2 == 0 and d <= 2048 and d & d - 1 != 0
    return {"u8": lerp_u8, "u16": lerp_u16}.get(v["type"], lerp_float)(lifted)


def bilinear(v, src):
    x, y = Axis(v, 0), Axis(v, 1)
    (w, h), (to_w, to_h), n = v["src"], v["dst"], v["channels"]
    at = lambda px, py, c: src[(min(py, h - 1) * w + min(px, w - 1)) * n + c]
    positions = [x.linear(i) for i in range(to_w)], [y.linear(j) for j in range(to_h)]
    return interpolate(lerp_of(v, x.denominator(), y.denominator()), at, *positions, n)


def interpolate(lerp, at, columns, rows, channels):
    weight, across, down = lerp
    out = []
    for iy, fy in rows:
        for ix, fx in columns:
            for c in range(channels):
                top = across(at(ix, iy, c), at(ix + 1, iy, c), weight(fx))
                bottom = across(at(ix, iy + 1, c), at(ix + 1, iy + 1, c), weight(fx))
                out.append(down(top, bottom, weight(fy)))
    return out
