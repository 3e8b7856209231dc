# SPDX-License-Identifier: Apache-2.0
"""Which pictures of a video the motion is measured between, and vectors for NumPy."""

import ast
import os
import struct
import unittest

from support import *


def flo(path):
    with open(path, "rb") as f:
        data = f.read()
    width, height = struct.unpack("<ii", data[4:12])
    return (height, width, 2), data[12:]


def npy(path):
    with open(path, "rb") as f:
        data = f.read()
    assert data[:8] == b"\x93NUMPY\x01\x00"
    length = struct.unpack("<H", data[8:10])[0]
    assert (10 + length) % 64 == 0 and data[9 + length:10 + length] == b"\n"
    header = ast.literal_eval(data[10:10 + length].decode())
    assert (header["descr"], header["fortran_order"]) == ("<f4", False)
    return header["shape"], data[10 + length:]


class FlowInputs(Case):
    def moving(self):
        return self.clip("moving.mkv", *test_source("96x64", 10), "-frames:v", 7, "-c:v", "ffv1", "-pix_fmt", "gray")

    def interlaced(self):
        return self.clip("interlaced.mkv", *test_source("96x64", 50), "-vf", "interlace=lowpass=0", "-frames:v", 4, "-c:v",
                         "ffv1", "-pix_fmt", "yuv420p")

    def flow(self, *args, **kwargs):
        return self.fluxel("flow", *args, "--device", "cpu", "--quality", "fast", "-y", **kwargs)

    def test_vectors_for_numpy(self):
        for size_ in ("96x64", "1000x10"):
            source = self.clip(f"{size_}.mkv", *test_source(size_, 10), "-frames:v", 2, "-c:v", "ffv1", "-pix_fmt", "gray")
            self.flow(source, "-o", self.path("a.flo"))
            self.flow(source, "-o", self.path("a.npy"))
            self.assertEqual(npy(self.path("a.npy")), flo(self.path("a.flo")))
        self.flow(source, "-o", self.path("b.bin"), "--format", "npy")
        self.assertEqual(npy(self.path("b.bin")), flo(self.path("a.flo")))
        self.assertIn(".npy holds none", self.flow(source, "-o", self.path("a.npy"), "--format", "color", code=2).text)

    def test_every_nth_picture(self):
        ffmpeg("-i", self.moving(), self.path("p%d.png"))
        self.flow(self.moving(), "-o", self.path("f%d.flo"), "--every", 3)
        self.assertEqual(sorted(f for f in os.listdir(self.folder) if f[0] == "f"), ["f1.flo", "f2.flo"])
        for i, (a, b) in enumerate([(1, 4), (4, 7)]):
            self.flow(self.path(f"p{a}.png"), self.path(f"p{b}.png"), "-o", self.path("one.flo"))
            self.assertEqual(flo(self.path(f"f{i + 1}.flo")), flo(self.path("one.flo")))
        self.flow(self.moving(), "-o", self.path("a.mkv"), "--every", 3)
        self.assertEqual(times(self.path("a.mkv")), [0, 300])
        self.fluxel("track", self.moving(), "-o", self.path("a.csv"), "--every", 3, "--device", "cpu")
        with open(self.path("a.csv")) as f:
            self.assertEqual({line.split(",")[0] for line in f if line[0].isdigit()}, {"0", "1", "2"})
        self.flow(self.moving(), "-o", self.path("a.mkv"), "--every", 0, code=2)

    def test_interlaced_pictures(self):
        done = self.flow(self.interlaced(), "-o", self.path("a%d.flo"))
        self.assertIn("interlaced", done.text)
        done = self.flow(self.interlaced(), "-o", self.path("b%d.flo"), "--deinterlace")
        self.assertNotIn("interlaced", done.text)
        ffmpeg("-i", self.interlaced(), "-vf", "bwdif=mode=send_frame", "-c:v", "ffv1", self.path("whole.mkv"))
        self.flow(self.path("whole.mkv"), "-o", self.path("c%d.flo"))
        for i in (1, 2, 3):
            self.assertEqual(flo(self.path(f"b{i}.flo")), flo(self.path(f"c{i}.flo")))
            self.assertNotEqual(flo(self.path(f"a{i}.flo")), flo(self.path(f"c{i}.flo")))


if __name__ == "__main__":
    unittest.main()
