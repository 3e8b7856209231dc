# SPDX-License-Identifier: Apache-2.0
"""fluxel compare of flows: what it prints, unknown pixels, both kinds of files, and what it refuses."""

import json
import math
import os
import struct
import unittest

from support import *

UNKNOWN = 1e10


def write_flo(path, width, height, vectors):
    with open(path, "wb") as f:
        f.write(struct.pack("<fii", 202021.25, width, height))
        f.write(struct.pack(f"<{2 * width * height}f", *(c for v in vectors for c in v)))


def write_kitti(path, width, height, vectors):
    """As the benchmark's own tools: 0 in the third channel where the flow is unknown."""
    words = []
    for u, v in vectors:
        words += [0, 0, 0] if u == UNKNOWN else [round(u * 64) + 2**15, round(v * 64) + 2**15, 1]
    ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb48be", "-s", f"{width}x{height}", "-i", "-", "-pix_fmt", "rgb48be", path,
           stdin=struct.pack(f">{len(words)}H", *words))


class Compare(Case):
    def flow(self, name, vectors, width=4):
        write = write_kitti if name.endswith(".png") else write_flo
        write(self.path(name), width, len(vectors) // width, vectors)
        return self.path(name)

    def compare(self, *args, **kwargs):
        return self.fluxel("compare", *args, **kwargs)

    def measured(self, *args):
        return json.loads(self.compare(*args, "--json").stdout)

    def test_numbers(self):
        truth = self.flow("t.flo", [(0, 0), (0, 0), (0, 0), (0, 0)])
        estimate = self.flow("e.flo", [(0, 0), (0.75, 0), (0, 1.5), (3, 4)])
        m = self.measured(estimate, truth)
        self.assertAlmostEqual(m["epe"], 7.25 / 4)
        self.assertAlmostEqual(m["aae"], sum(map(math.degrees, map(math.atan, [0, 0.75, 1.5, 5]))) / 4)
        self.assertEqual([m[k] for k in ("r0.5", "r1", "r2", "a95", "density", "pixels")], [0.75, 0.5, 0.25, 5, 1, 4])
        text = self.compare(estimate, truth).stdout.decode()
        for line in ["EPE      1.8125 px", "R0.5     75.00 %", "A95      5.000 px", "density  100.00 % (4 pixels"]:
            self.assertIn(line, text)

    def test_unknown_pixels(self):
        truth = self.flow("t.flo", [(1, 1), (UNKNOWN, UNKNOWN), (math.nan, 0), (1, 1)])
        m = self.measured(self.flow("e.flo", [(1, 1), (9, 9), (9, 9), (UNKNOWN, UNKNOWN)]), truth)
        self.assertEqual((m["epe"], m["density"], m["pixels"]), (0, 0.5, 1))

    def test_kitti_files(self):
        vectors = [(1.5, -2.25), (UNKNOWN, UNKNOWN), (-512, 511.984375), (0, 0.015625)]
        flo, png = self.flow("a.flo", vectors), self.flow("a.png", vectors)
        for a, b in [(flo, png), (png, flo), (png, png)]:
            m = self.measured(a, b)
            self.assertEqual((m["epe"], m["density"], m["pixels"]), (0, 1, 3))

    def numpy(self, name, vectors, width=4, type="<f4", order="False", version=1):
        """As NumPy writes it."""
        header = f"{{'descr': '{type}', 'fortran_order': {order}, 'shape': ({len(vectors) // width}, {width}, 2), }}\n"
        length = struct.pack("<H" if version == 1 else "<I", len(header))
        with open(self.path(name), "wb") as f:
            f.write(b"\x93NUMPY" + bytes([version, 0]) + length + header.encode())
            f.write(struct.pack(f"<{2 * len(vectors)}{'d' if '8' in type else 'f'}", *(c for v in vectors for c in v)))
        return self.path(name)

    def test_numpy_files(self):
        vectors = [(1.5, -2.25), (math.nan, 0), (-600, 1e-3), (0, 0.015625)]
        flo = self.flow("a.flo", vectors)
        wanted = self.measured(flo, flo)
        for other in [self.numpy("a.npy", vectors), self.numpy("b.npy", vectors, type="<f8"),
                      self.numpy("c.npy", vectors, version=2)]:
            self.assertEqual(self.measured(other, flo), wanted)
            self.assertEqual(self.measured(flo, other), wanted)
        moved = self.numpy("d.npy", [(u + 1, v) for u, v in vectors])
        self.assertAlmostEqual(self.measured(moved, flo)["epe"], 1, places=4)
        with open(self.path("a.npy"), "rb") as f:
            whole = f.read()
        with open(self.path("short.npy"), "wb") as f:
            f.write(whole[:-1])
        with open(self.path("head.npy"), "wb") as f:
            f.write(whole[:20])
        for bad, words in [(self.path("short.npy"), "ends early"), (self.path("head.npy"), "no header"),
                           (self.numpy("int.npy", vectors, type="<i4"), "float32 or float64"),
                           (self.numpy("columns.npy", vectors, order="True"), "C order"),
                           (self.numpy("flat.npy", vectors, width=8), "height x width x 2")]:
            done = self.compare(bad, flo, code=3)
            self.assert_one_line(done)
            self.assertIn(words, done.text)

    def test_openexr_files(self):
        """Those that fluxel flow writes, and pictures, which are compared as such."""
        a, b = (self.clip(f"{n}.png", *test_source("64x48"), "-ss", n / 5, "-frames:v", 1) for n in (0, 1))
        for name in ("f.flo", "f.npy", "f.exr"):
            self.fluxel("flow", a, b, "-o", self.path(name), "--mask-invalid")
        for name in ("f.npy", "f.exr"):
            m = self.measured(self.path(name), self.path("f.flo"))
            self.assertEqual((m["epe"], m["density"]), (0, 1))
            self.assertEqual(m, self.measured(self.path("f.flo"), self.path("f.flo")))
        self.assertEqual(self.measured(self.path("f.exr"), self.path("f.exr"))["epe"], 0)
        picture = self.clip("p.exr", *test_source("64x48"), "-frames:v", 1, "-pix_fmt", "gbrpf32le")
        self.assertIn("psnr", self.compare(picture, picture, "--json").stdout.decode())
        grey = self.clip("g.exr", *test_source("64x48"), "-frames:v", 1, "-pix_fmt", "grayf32le")
        self.assertIn("not R, G and B", self.compare(grey, self.path("f.flo"), code=3).text)

    def test_thresholds(self):
        truth, estimate = self.flow("t.flo", [(0, 0)] * 4), self.flow("e.flo", [(1, 0)] * 4)
        self.compare(estimate, truth, "--max-epe", 1, "--max-aae", 45.001)
        done = self.compare(estimate, truth, "--max-epe", "0.99", code=1)
        self.assertIn("EPE 1.0000 is above --max-epe 0.99", done.text)
        self.assertIn(b"EPE      1.0000 px", done.stdout)
        self.assertIn("AAE", self.compare(estimate, truth, "--max-aae", 44, code=1).text)
        self.compare(estimate, truth, "--max-epe", -1, code=2)
        self.assertIn("for pictures", self.compare(estimate, truth, "--min-psnr", 30, code=2).text)
        rows = self.compare(estimate, truth, "--csv").stdout.decode().splitlines()
        self.assertEqual(dict(zip(*(r.split(",") for r in rows)))["epe"], "1")

    def test_refusals(self):
        truth, wide = self.flow("t.flo", [(0, 0)] * 4), self.flow("w.flo", [(0, 0)] * 4, width=2)
        unknown = self.flow("u.flo", [(UNKNOWN, UNKNOWN)] * 4)
        picture = self.clip("p.png", *test_source("4x4"), "-frames:v", 1)
        with open(truth, "rb") as f:
            whole = f.read()
        for name, data in [("short.flo", whole[:-1]), ("size.flo", whole[:4] + struct.pack("<ii", -1, 4) + whole[12:]),
                           ("huge.flo", whole[:4] + struct.pack("<ii", 60000, 60000)), ("text.flo", b"flow"),
                           ("empty.flo", b"")]:
            with open(self.path(name), "wb") as f:
                f.write(data)
        for estimate, words in [(self.path("none.flo"), "no such file"), (self.folder, "is a folder"),
                                (wide, "same size"), (unknown, "no pixel is known"), (picture, "16 bits"),
                                (self.path("short.flo"), "ends early"), (self.path("size.flo"), "names no size"),
                                (self.path("huge.flo"), "ends early"),
                                (self.path("text.flo"), "no .flo, .npy or OpenEXR file"),
                                (self.path("empty.flo"), "no .flo, .npy or OpenEXR file")]:
            done = self.compare(estimate, truth, code=3)
            self.assert_one_line(done)
            self.assertIn(words, done.text)
        self.assertEqual(self.compare(truth, "/dev/null", code=3).stdout, b"")
        self.compare(truth, code=2)


if __name__ == "__main__":
    unittest.main()
