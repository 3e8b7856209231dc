# SPDX-License-Identifier: Apache-2.0
"""warp_perspective: positions in double, rounded to 1/256 px; pixels as those of warp."""
from reading.numbers import make_input
from reading.warp import ONE, sampled

FARTHEST = 2.0 ** 30


def units(value):
    return round(min(value, FARTHEST) if value > -FARTHEST else -FARTHEST)


def position(m, x, y):
    """In 1/256 px; Python's floats are doubles, and every operation rounds by itself."""
    divides = m[6] != 0 or m[7] != 0
    scaled = [e / (1 if divides else m[8]) * 256 for e in m[:6]]
    u = scaled[0] * x + (scaled[1] * y + scaled[2])
    v = scaled[3] * x + (scaled[4] * y + scaled[5])
    if divides:
        w = m[6] * x + (m[7] * y + m[8])
        u, v = (u * (1 / w), v * (1 / w)) if w > 0 else (-FARTHEST, -FARTHEST)
    return units(u), units(v)


def outside(at, length):
    return at < -ONE // 2 or at > (length - 1) * ONE + ONE // 2


def warp_perspective(v):
    (w, h), (dst_w, dst_h) = v["src"], v["dst"]
    pixels = make_input(v)
    out = []
    for i in range(dst_w * dst_h):
        ux, uy = position(v["matrix"], i % dst_w, i // dst_w)
        if v["outside"] == "keep" and (outside(ux, w) or outside(uy, h)):
            out += [0] * v["channels"]  # what an image is made of
        else:
            out += sampled(v, pixels, ux, uy)
    return out
