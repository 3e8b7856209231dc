# SPDX-License-Identifier: Apache-2.0
"""resize and straight_alpha."""
import math
from fractions import Fraction

from reading.bilinear import bilinear
from reading.filters import filtered, filtered_float
from reading.numbers import ELEMENT, make_input, to_f32
from reading.positions import Axis


def nearest(v, src):
    x, y = Axis(v, 0), Axis(v, 1)
    n, w = v["channels"], v["src"][0]
    rounding = v["rounding"]
    return [src[(y.nearest(j, rounding) * w + x.nearest(i, rounding)) * n + c]
            for j in range(v["dst"][1]) for i in range(v["dst"][0]) for c in range(n)]


def resize(v):
    """Output elements, or None for what this program does not compute."""
    return resize_pixels(v, make_input(v))


def resize_pixels(v, src):
    if v["filter"] == "nearest":
        return nearest(v, src)
    if v["filter"] == "bilinear" and not (v["antialias"] and max(Axis(v, 0).step(), Axis(v, 1).step()) > 1):
        return bilinear(v, src)
    return filtered(v, src) if v["type"] in ("u8", "u16") else None


def straight_alpha(v):
    if v["type"] not in ("u8", "u16"):
        return None
    n, src, top = v["channels"], make_input(v), (1 << ELEMENT[v["type"]]) - 1
    if v.get("cut_out"):
        src = [e if i % n < n - 1 else top if e > top // 2 else 0 for i, e in enumerate(src)]
    products = [to_f32(Fraction(e if i % n == n - 1 else e * src[i - i % n + n - 1])) for i, e in enumerate(src)]
    floats = {**v, "type": "f32"}
    kept = v["filter"] == "bilinear" and not (v["antialias"] and max(Axis(v, 0).step(), Axis(v, 1).step()) > 1)
    out = bilinear(floats, products) if kept else filtered_float(floats, products)
    store = lambda value: math.floor(to_f32(min(max(value, 0), top) + Fraction(1, 2)))
    for i in range(0, len(out), n):
        alpha = out[i + n - 1]
        seen = alpha >= Fraction(1, 2)
        out[i:i + n - 1] = [store(to_f32(c / alpha)) if seen else 0 for c in out[i:i + n - 1]]
        out[i + n - 1] = store(alpha)
    return out
