# SPDX-License-Identifier: Apache-2.0
"""resize and straight_alpha."""
from reading.bilinear import bilinear
from reading.filters import filtered
from reading.numbers import make_input
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
    if v["type"] != "u8":
        return None
    n, src = v["channels"], make_input(v)
    products = [e * (255 if i % n == n - 1 else src[i - i % n + n - 1]) for i, e in enumerate(src)]
    out = resize_pixels({**v, "type": "u16"}, products)
    for i in range(0, len(out), n):
        alpha = out[i + n - 1]
        out[i:i + n - 1] = [min((2 * 255 * c + alpha) // (2 * alpha), 255) if alpha else 0 for c in out[i:i + n - 1]]
        out[i + n - 1] = min((alpha + 127) // 255, 255)
    return out
