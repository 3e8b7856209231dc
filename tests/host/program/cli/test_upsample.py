# SPDX-License-Identifier: Apache-2.0
"""fluxel upsample: the sizes, the pixels of both edges, and what it refuses."""

import unittest

from support import *


def source_pixel(pixels, width, height, x, y, channel, replicate):
    if replicate:
        x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
    elif not (0 <= x < width and 0 <= y < height):
        return 0
    return pixels[(y * width + x) * 3 + channel]


def upsampled(pixels, width, height, factor, replicate):
    """The bilinear values of every output sample, from the definition."""
    for y in range(height * factor):
        py = (y + 0.5) / factor - 0.5
        y0 = int(py // 1)
        for x in range(width * factor):
            px = (x + 0.5) / factor - 0.5
            x0 = int(px // 1)
            fx, fy = px - x0, py - y0
            for c in range(3):
                a, b, d, e = (source_pixel(pixels, width, height, x0 + i, y0 + j, c, replicate)
                              for j in (0, 1) for i in (0, 1))
                yield (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * d + fx * e)


class Upsample(Case):
    def upsample(self, source, target, *args, **kwargs):
        return self.fluxel("upsample", source, target, "--device", "cpu", *args, **kwargs)

    def picture(self):
        return self.clip("a.png", *test_source("30x22"), "-frames:v", 1, "-pix_fmt", "rgb24")

    def test_pixels_of_both_edges(self):
        source, target = self.picture(), self.path("out.png")
        pixels = raw(source, "-pix_fmt", "rgb24")
        for factor in (2, 3, 4):
            for edge in ("zero", "replicate"):
                with self.subTest(factor=factor, edge=edge):
                    self.upsample(source, target, "--factor", factor, "--edge", edge, "-y")
                    self.assertEqual(size(target), (30 * factor, 22 * factor))
                    got = raw(target, "-pix_fmt", "rgb24")
                    want = upsampled(pixels, 30, 22, factor, edge == "replicate")
                    self.assertTrue(all(abs(g - w) <= 0.51 for g, w in zip(got, want, strict=True)))

    def test_replicate_is_the_default_and_is_resize(self):
        source = self.clip("a.mkv", *test_source("48x32", 10), "-c:v", "ffv1", "-pix_fmt", "yuv420p")
        self.upsample(source, self.path("a.mkv"), "--factor", 3, "--codec", "ffv1")
        self.upsample(source, self.path("b.mkv"), "--factor", 3, "--codec", "ffv1", "--edge", "replicate")
        self.resize(source, self.path("c.mkv"), "--scale", 3, "--codec", "ffv1")
        self.assertEqual(len(decoded_md5(self.path("a.mkv"))), 10)
        self.assertEqual(decoded_md5(self.path("a.mkv")), decoded_md5(self.path("b.mkv")))
        self.assertEqual(decoded_md5(self.path("a.mkv")), decoded_md5(self.path("c.mkv")))

    def test_zero_fades_a_video_to_black(self):
        source = self.clip("white.mkv", "-f", "lavfi", "-i", "color=white:size=48x32:rate=5:duration=1", "-c:v", "ffv1",
                           "-pix_fmt", "yuv420p")
        target = self.path("out.mkv")
        self.upsample(source, target, "--factor", 2, "--edge", "zero", "--codec", "ffv1")
        self.assertEqual((size(target), video(target)["nb_read_frames"]), ((96, 64), "5"))
        frame = raw(target)[:96 * 64 * 3 // 2]
        luma, chroma = frame[:96 * 64], frame[96 * 64:]
        self.assertEqual(luma[96 * 32 + 48], 235)
        self.assertEqual(luma[0], round(16 + 219 * 9 / 16))
        self.assertEqual(luma[48], round(16 + 219 * 3 / 4))
        self.assertEqual(set(chroma), {128})

    def test_sound_stays(self):
        source = self.clip("av.mkv", *test_source("32x24"), *sine(), *X264, "-c:a", "aac", "-shortest")
        self.upsample(source, self.path("av.mkv"), "--factor", 2, *FAST)
        self.assertEqual(packets(self.path("av.mkv"), "a:0"), packets(source, "a:0"))

    def test_refusals(self):
        source = self.picture()
        for options in [["--factor", "1"], ["--factor", "1.5"], ["--factor", "65"], [],
                        ["--factor", "2", "--edge", "mirror"]]:
            with self.subTest(options):
                self.assert_one_line(self.upsample(source, self.path("out.png"), *options, code=2))


if __name__ == "__main__":
    unittest.main()
