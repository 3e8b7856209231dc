# SPDX-License-Identifier: Apache-2.0
"""warp, splat, blend: positions in 1/256 px, exact weights; integers rounded once, floats by their fused
multiply-adds."""
from fractions import Fraction

from reading.numbers import draw, fnv1a, make_input, to_f32

ONE = 256
CUBIC = 1 << 25


def units(component, scale):
    return round(to_f32(component * to_f32(Fraction(scale * 256))))


def catmull_rom(f):
    w0 = -f ** 3 + 512 * f ** 2 - 65536 * f
    w1 = 3 * f ** 3 - 1280 * f ** 2 + CUBIC
    w3 = f ** 3 - 256 * f ** 2
    return [w0, w1, CUBIC - w0 - w1 - w3, w3]


def half_up(value, bits):
    return value + (1 << bits >> 1) >> bits


def integer_weights(f, bits):
    w = [half_up(v, 25 - bits) for v in catmull_rom(f)]
    w[2] = (1 << bits) - w[0] - w[1] - w[3]
    return w


def dot(values, weights):
    return sum(a * b for a, b in zip(values, weights))


def integer_pixel(v, grid, fx, fy):
    if v["filter"] == "bilinear":
        rows = [dot(row, (ONE - fx, fx)) for row in grid]
        return half_up(dot(rows, (ONE - fy, fy)), 16)
    weight, kept = (14, 6) if v["type"] == "u8" else (25, 12)
    rows = [half_up(dot(row, integer_weights(fx, weight)), weight - kept) for row in grid]
    value = half_up(dot(rows, integer_weights(fy, weight)), weight + kept)
    return min(max(value, 0), 255 if v["type"] == "u8" else (1 << v.get("bits", 16)) - 1)


def fused_sum(pixels, f):
    if f == 0:
        return pixels[len(pixels) // 2 - 1]
    if len(pixels) == 2:
        a, b = pixels
        return to_f32(Fraction(f, ONE) * to_f32(b - a) + a)
    a, b, c, d = pixels
    w = [to_f32(Fraction(x, CUBIC)) for x in catmull_rom(f)]
    total = to_f32(w[0] * to_f32(a - b) + b)
    total = to_f32(w[2] * to_f32(c - b) + total)
    return to_f32(w[3] * to_f32(d - b) + total)


def sampled(v, pixels, ux, uy):
    """The pixel of the source at a position in 1/256 px, channel after channel."""
    (w, h), channels = v["src"], v["channels"]
    reach = range(0, 2) if v["filter"] == "bilinear" else range(-1, 3)
    x, y, out = ux // ONE, uy // ONE, []
    for c in range(channels):
        grid = [[pixels[(min(max(y + b, 0), h - 1) * w + min(max(x + a, 0), w - 1)) * channels + c] for a in reach]
                for b in reach]
        if v["type"] in ("u8", "u16"):
            out.append(integer_pixel(v, grid, ux % ONE, uy % ONE))
        else:
            out.append(fused_sum([fused_sum(row, ux % ONE) for row in grid], uy % ONE))
    return out


def warp(v):
    dst_w, dst_h = v["dst"]
    pixels = make_input(v)
    flow = draw("f32", 2 * dst_w * dst_h, v["seed"] + 1)
    out = []
    for i in range(dst_w * dst_h):
        ux, uy = units(flow[2 * i], v["scale"]), units(flow[2 * i + 1], v["scale"])
        out += sampled(v, pixels, i % dst_w * ONE + ux, i // dst_w * ONE + uy)
    return out


def splat(v):
    """The values; None of them when what is covered has another hash."""
    (w, h), channels = v["src"], v["channels"]
    pixels = make_input(v)
    flow = draw("f32", 2 * w * h, v["seed"] + 1)
    priority = draw("u8", w * h, v["seed"] + 2) if v["priority"] else [0] * (w * h)
    best = {}
    for i in range(w * h):
        ux, uy = units(flow[2 * i], v["scale"]), units(flow[2 * i + 1], v["scale"])
        for dx, near_x in ((0, ONE - ux % ONE), (1, ux % ONE)):
            for dy, near_y in ((0, ONE - uy % ONE), (1, uy % ONE)):
                x, y = i % w + ux // ONE + dx, i // w + uy // ONE + dy
                if near_x * near_y and 0 <= x < w and 0 <= y < h:
                    best[y * w + x] = max(best.get(y * w + x, (-1, 0, 0)), (priority[i], near_x * near_y, i))
    if f"{fnv1a(bytes(255 * (i in best) for i in range(w * h))):016x}" != v["covered_hash"]:
        return b"another hash of what is covered"
    zero = [0 if v["type"] in ("u8", "u16") else Fraction(0)] * channels
    out = []
    for i in range(w * h):
        out += pixels[best[i][2] * channels:(best[i][2] + 1) * channels] if i in best else zero
    return out


def blend(v):
    (w, h), channels, kind = v["src"], v["channels"], v["type"]
    count, bits = w * h * channels, v.get("bits", 16)
    a, b = draw(kind, count, v["seed"], bits), draw(kind, count, v["seed"] + 1, bits)
    weights = draw("u8", w * h, v["seed"] + 2)
    out = []
    for i in range(count):
        weight = weights[i // channels]
        if kind in ("u8", "u16"):
            out.append((a[i] * (255 - weight) + b[i] * weight + 127) // 255)
        elif weight in (0, 255):
            out.append(b[i] if weight else a[i])
        else:
            out.append(to_f32(to_f32(Fraction(weight, 255)) * to_f32(b[i] - a[i]) + a[i]))
    return out
