#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A scene in three dimensions with a known camera: rendered, and compared with what COLMAP makes of its pictures.

usage: docs/structure.py render FOLDER [WIDTH HEIGHT FRAMES]    pictures as FOLDER/frame%03d.pgm
       docs/structure.py compare MODEL WIDTH HEIGHT FRAMES [SVG]    MODEL: a folder of cameras.txt, images.txt, points3D.txt

Lengths are meters. The camera goes on an arc around two boxes in the corner of a room, whose faces have random textures.
"""
import math
import os
import sys

BOXES = [((-1.4, 0.2, 0.0), (-0.2, 1.3, 0.9)), ((0.3, -0.6, 0.0), (1.3, 0.4, 1.4))]
FLOOR, BACK, SIDE = 0.0, 2.6, -2.4  # z, y, x


def noise(i, j, seed):
    n = (i * 374761393 + j * 668265263 + seed * 974634521) & 0xFFFFFFFF
    n = ((n ^ n >> 13) * 1274126177) & 0xFFFFFFFF
    return (n ^ n >> 16) & 255


def texture(a, b, seed):
    """Grey levels: random values between lattices of three sizes."""
    value = 0.0
    for cell, weight in ((0.55, 0.3), (0.23, 0.35), (0.11, 0.35)):
        x, y = a / cell, b / cell
        i, j = math.floor(x), math.floor(y)
        fx, fy = x - i, y - j
        fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
        top = noise(i, j, seed) * (1 - fx) + noise(i + 1, j, seed) * fx
        value += weight * (top * (1 - fy) + (noise(i, j + 1, seed) * (1 - fx) + noise(i + 1, j + 1, seed) * fx) * fy)
        seed += 17
    return value


def normalised(v):
    length = math.sqrt(sum(c * c for c in v))
    return tuple(c / length for c in v)


def cross(a, b):
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


class Scene:
    def __init__(self, width, height, frames):
        self.width, self.height, self.frames = width, height, frames
        self.focal = 0.95 * width

    def camera(self, frame):
        """Its place, and its axes: right, down, forward."""
        turn = math.radians(-22 + 44 * frame / max(1, self.frames - 1))
        place = (4.3 * math.sin(turn), 0.3 - 4.3 * math.cos(turn), 1.9 + 0.3 * math.sin(3 * turn))
        forward = normalised(tuple(t - p for t, p in zip((-0.1, 0.5, 0.6), place)))
        right = normalised(cross(forward, (0, 0, 1)))
        return place, (right, cross(forward, right), forward)

    def hit(self, frame, x, y):
        """What is seen at a pixel: a point, and its grey level."""
        place, (right, down, forward) = self.camera(frame)
        u, v = (x - (self.width - 1) / 2) / self.focal, (y - (self.height - 1) / 2) / self.focal
        ray = tuple(forward[i] + u * right[i] + v * down[i] for i in range(3))
        best, face = math.inf, None
        for axis, at, seed in ((2, FLOOR, 1), (1, BACK, 2), (0, SIDE, 3)):
            if abs(ray[axis]) > 1e-9:
                t = (at - place[axis]) / ray[axis]
                if 1e-6 < t < best:
                    best, face = t, (axis, seed)
        for number, (low, high) in enumerate(BOXES):
            near, far, side = 0.0, math.inf, 0
            for axis in range(3):
                if abs(ray[axis]) < 1e-9:
                    if not low[axis] <= place[axis] <= high[axis]:
                        near = math.inf
                    continue
                a, b = sorted(((low[axis] - place[axis]) / ray[axis], (high[axis] - place[axis]) / ray[axis]))
                if a > near:
                    near, side = a, axis
                far = min(far, b)
            if near < far and near < best:
                best, face = near, (side, 10 + 3 * number + side)
        if face is None:
            return None, 0
        point = tuple(place[i] + best * ray[i] for i in range(3))
        a, b = (point[i] for i in range(3) if i != face[0])
        return point, texture(a, b, face[1])

    def project(self, frame, point):
        """The pixel that shows a point, if nothing hides it."""
        place, axes = self.camera(frame)
        x, y, z = (dot(axis, tuple(p - c for p, c in zip(point, place))) for axis in axes)
        return ((self.width - 1) / 2 + self.focal * x / z, (self.height - 1) / 2 + self.focal * y / z)

    def render(self, frame):
        grey = bytearray()
        for y in range(self.height):
            for x in range(self.width):
                grey.append(round(self.hit(frame, x, y)[1]))
        return b"P5 %d %d 255\n" % (self.width, self.height) + bytes(grey)


def rotation(w, x, y, z):
    return ((1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)))


def read_model(model):
    """Frame number -> place of its camera; and the points, each with the frame and pixel where it was seen first."""
    def lines(name):
        with open(os.path.join(model, name)) as f:
            return [line.split() for line in f if not line.startswith("#")]
    rows, centres, images = lines("images.txt"), {}, {}
    for head, seen in zip(rows[::2], rows[1::2]):
        r, t = rotation(*map(float, head[1:5])), tuple(map(float, head[5:8]))
        number = int("".join(c for c in head[9] if c.isdigit())) - 1
        centres[number] = tuple(-sum(r[j][i] * t[j] for j in range(3)) for i in range(3))
        images[head[0]] = number, seen
    points = []
    for row in lines("points3D.txt"):
        number, seen = images[row[8]]
        at = 3 * int(row[9])
        points.append((tuple(map(float, row[1:4])), number, float(seen[at]) - 0.5, float(seen[at + 1]) - 0.5))
    return centres, points


def similarity(a, b):
    """The turn, scale and shift that bring points a to b with the least squares (Horn 1987)."""
    n = len(a)
    ca, cb = (tuple(sum(p[i] for p in s) / n for i in range(3)) for s in (a, b))
    a, b = ([tuple(p[i] - c[i] for i in range(3)) for p in s] for s, c in ((a, ca), (b, cb)))
    s = [[sum(p[i] * q[j] for p, q in zip(a, b)) for j in range(3)] for i in range(3)]
    m = [[s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]],
         [s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]],
         [s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]],
         [s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]]]
    shift = sum(abs(v) for row in m for v in row)  # makes the largest eigenvalue the one of largest size
    q = [1.0, 0.1, 0.2, 0.3]
    for _ in range(20000):
        q = [sum(m[i][j] * q[j] for j in range(4)) + shift * q[i] for i in range(4)]
        length = math.sqrt(sum(v * v for v in q))
        q = [v / length for v in q]
    r = rotation(*q)
    turned = [tuple(sum(r[i][j] * p[j] for j in range(3)) for i in range(3)) for p in a]
    scale = sum(dot(p, t) for p, t in zip(b, turned)) / sum(dot(p, p) for p in a)
    return lambda p: tuple(cb[i] + scale * sum(r[i][j] * (p[j] - ca[j]) for j in range(3)) for i in range(3))


def draw(points, found, true, path):
    """From above: points on the floor blue, on walls grey, on boxes orange, cameras red; what is true in black."""
    def place(p):
        return 250 + 80 * p[0], 240 - 80 * p[1]

    def color(p):
        if any(all(l - 0.04 < c < h + 0.04 for c, l, h in zip(p, low, high)) and p[2] > 0.05 for low, high in BOXES):
            return "#c05621"
        return "#2b6cb0" if p[2] < 0.05 else "#718096"
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="30 10 520 570">',
             '<rect x="30" y="10" width="520" height="570" fill="white"/>']
    for low, high in BOXES:
        (left, bottom), (right, top) = place(low), place(high)
        lines.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
                     'fill="none" stroke="black"/>')
    corner = [place(p) for p in ((SIDE, -3), (SIDE, BACK), (3.6, BACK))]
    lines.append('<polyline fill="none" stroke="black" points="%s"/>' % " ".join("%.1f,%.1f" % p for p in corner))
    for p in sorted(points, key=lambda v: v[2]):
        lines.append('<circle cx="%.1f" cy="%.1f" r="2" fill="%s"/>' % (*place(p), color(p)))
    lines.append('<polyline fill="none" stroke="black" points="%s"/>' %
                 " ".join("%.1f,%.1f" % place(p) for p in true))
    for p in found:
        lines.append('<circle cx="%.1f" cy="%.1f" r="4" fill="none" stroke="#c53030" stroke-width="1.5"/>' % place(p))
    with open(path, "w") as f:
        f.write("\n".join(lines) + "\n</svg>\n")


def compare(model, scene, svg=None):
    centres, points = read_model(model)
    pairs = [(p, scene.hit(frame, x, y)[0]) for p, frame, x, y in points]
    pairs = [(p, q) for p, q in pairs if q]
    near = pairs
    for _ in range(4):  # without the tenth that fits worst: points where one thing hides another
        to_scene = similarity(*zip(*near))
        near = sorted(pairs, key=lambda v: math.dist(to_scene(v[0]), v[1]))[:len(pairs) * 9 // 10]
    off = sorted(math.dist(to_scene(p), q) for p, q in pairs)
    numbers = sorted(centres)
    true, found = [scene.camera(n)[0] for n in numbers], [to_scene(centres[n]) for n in numbers]
    errors = sorted(math.dist(p, q) for p, q in zip(found, true))
    print(f"{len(numbers)} of {scene.frames} cameras, {1000 * errors[len(errors) // 2]:.0f} mm from their places "
          f"(median), {1000 * errors[-1]:.0f} mm at most")
    print(f"{len(pairs)} points, {1000 * off[len(off) // 2]:.0f} mm (median) from what their pixels show, "
          f"{1000 * off[len(off) * 9 // 10]:.0f} mm (nine of ten)")
    if svg:
        draw([to_scene(p) for p, _ in pairs], found, true, svg)


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("render", "compare"):
        sys.exit(__doc__)
    width, height, frames = map(int, sys.argv[3:6]) if len(sys.argv) >= 6 else (400, 300, 30)
    scene = Scene(width, height, frames)
    if sys.argv[1] == "compare":
        return compare(sys.argv[2], scene, *sys.argv[6:7])
    os.makedirs(sys.argv[2], exist_ok=True)
    for n in range(frames):
        with open(os.path.join(sys.argv[2], f"frame{n + 1:03d}.pgm"), "wb") as f:
            f.write(scene.render(n))
    print(f"camera: PINHOLE {scene.focal:g},{scene.focal:g},{width / 2:g},{height / 2:g}")


if __name__ == "__main__":
    main()
