# SPDX-License-Identifier: Apache-2.0
"""conv_transpose, upsample_conv_transpose and bilinear_adjoint."""
from fractions import Fraction

from reading.bilinear import bilinear, interpolate, lerp_of
from reading.numbers import draw, make_input, to_f32
from reading.positions import Axis, zero_edged


def upsampling(v):
    src, (w, h), n, f = make_input(v), v["src"], v["channels"], v["factor"]
    if v["edge"] == "replicate":
        return bilinear({**v, "dst": [w * f, h * f], "coordinates": "half_pixel"}, src)
    at = lambda x, y, c: src[(y * w + x) * n + c] if 0 <= x < w and 0 <= y < h else 0
    d = f if f % 2 else 2 * f
    positions = [zero_edged(i, f) for i in range(w * f)], [zero_edged(j, f) for j in range(h * f)]
    return interpolate(lerp_of(v, d, d), at, *positions, n)


def conv_transpose(v):
    (w, h), (to_w, to_h), (n_in, n_out) = v["src"], v["dst"], v["channels"]
    (kw, kh), (sx, sy), (dx, dy), groups = v["kernel"], v["stride"], v["dilation"], v["groups"]
    kind, per_in, per_out, planes = v["type"], n_in // groups, n_out // groups, v["layout"] == "planes"
    src = draw(kind, w * h * n_in, v["seed"])
    weights = draw(kind, n_in * per_out * kw * kh, v["seed"] + 1)
    bias = draw(kind, n_out, v["seed"] + 2) if v["bias"] else [0] * n_out
    place = lambda c, y, x, size, n: (c * size[1] + y) * size[0] + x if planes else (y * size[0] + x) * n + c

    def taps(i, cut, kernel, stride, dilation, size):
        for k in range(kernel):
            t = i + cut - k * dilation
            if t >= 0 and t % stride == 0 and t // stride < size:
                yield k, t // stride

    out = [None] * (to_w * to_h * n_out)
    for o in range(n_out):
        group = o // per_out
        for y in range(to_h):
            for x in range(to_w):
                total = bias[o]
                for i in range(group * per_in, (group + 1) * per_in):
                    for ky, iy in taps(y, v["cut"][1], kh, sy, dy, h):
                        for kx, ix in taps(x, v["cut"][0], kw, sx, dx, w):
                            weight = weights[((i * per_out + o % per_out) * kh + ky) * kw + kx]
                            total = to_f32(total + weight * src[place(i, iy, ix, (w, h), n_in)])
                out[place(o, y, x, (to_w, to_h), n_out)] = total
    return out


def adjoint(v):
    """Sums over output rows, then over output columns, both ascending, by fused multiply-adds."""
    (w, h), (to_w, to_h), n = v["src"], v["dst"], v["channels"]
    gradient = draw(v["type"], to_w * to_h * n, v["seed"])

    def table(axis, size, to):
        """For each source pixel its (output, weight) pairs."""
        taken = [[] for _ in range(size)]
        for i in range(to):
            at = zero_edged(i, to // size) if "edge" in v else Axis(v, axis).linear(i)
            weight = to_f32(Fraction(at[1])) / 2**32
            if at[0] >= 0:
                taken[at[0]].append((i, to_f32(1 - weight)))
            if weight != 0 and at[0] + 1 < size:
                taken[at[0] + 1].append((i, weight))
        return taken

    def total(terms):
        s = None  # -0, which empty sums and sums of them keep
        for weight, value in terms:
            if weight != 0 and value is not None:
                s = to_f32((s or 0) + weight * value)
        return s

    rows = [[total((wt, gradient[j * to_w * n + e]) for j, wt in taken) for e in range(to_w * n)]
            for taken in table(1, h, to_h)]
    columns = table(0, w, to_w)
    return [total((wt, row[i * n + c]) for i, wt in taken) for row in rows for taken in columns for c in range(n)]
