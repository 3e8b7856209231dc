# SPDX-License-Identifier: Apache-2.0
"""Frames: equal at any thread count, equal to what FFmpeg decodes, in every pixel format, through every door."""

import subprocess
import unittest

from support import *

# Formats that are interpolated as they are; the container that stores them without loss.
OWN_FORMATS = ["gray", "gray10le", "gray16le", "yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv420p10le",
               "yuv422p10le", "yuv444p12le", "yuv420p16le", "nv12", "nv21", "rgb24", "bgr24", "rgba", "bgra", "rgb0",
               "rgb48le", "rgba64le", "gbrp", "gbrp10le", "gbrap", "yuva420p", "yuva444p10le", "ya8"]

# Formats that cannot be interpolated, and what they become.
CONVERTED = {"pal8": "rgb24", "monow": "gray", "yuyv422": "yuv422p", "uyvy422": "yuv422p", "rgb565le": "rgb24",
             "gray16be": "gray16le", "yuv420p10be": "yuv420p10le", "argb": "rgba"}


class Frames(Case):
    def moving(self):
        return self.clip("moving.mkv", *test_source("161x121"), "-pix_fmt", "yuv420p", "-c:v", "ffv1")

    def checksums(self, source, *args):
        self.resize(source, self.path("out.nut"), "--codec", "rawvideo", "-y", "--frame-md5", self.path("md5"), *args)
        return read_md5(self.path("md5"))

    def pixel_format(self):
        with open(self.path("md5")) as f:
            return [line.split()[1] for line in f if line.startswith("#pixel_format")][0]

    def test_threads_give_the_same_frames(self):
        for options in [["--size", "97x75"], ["--scale", "1.5", "--filter", "lanczos3"], ["--size", "64x-2", "--filter", "area"],
                        ["--size", "99x99", "--filter", "bicubic", "--cubic-a", "-0.5", "--coordinates", "align_corners"],
                        ["--scale", "1/3", "--no-antialias"], ["--scale", "3", "--filter", "nearest"]]:
            one = self.checksums(self.moving(), *options, "--threads", 1)
            self.assertEqual(len(one), 25)
            self.assertEqual(one, self.checksums(self.moving(), *options, "--threads", 2), options)
            self.assertEqual(one, self.checksums(self.moving(), *options), options)

    def test_options_change_the_frames(self):
        options = [[], ["--filter", "area"], ["--filter", "bicubic"], ["--filter", "bicubic", "--cubic-a", "-0.5"],
                   ["--filter", "lanczos3"], ["--filter", "nearest"], ["--no-antialias"], ["--filter", "mitchell"],
                   ["--filter", "mitchell", "--cubic-bc", "1,0"], ["--filter", "gaussian"], ["--filter", "hamming"],
                   ["--filter", "spline36"],
                   ["--coordinates", "asymmetric"], ["--coordinates", "align_corners"], ["--chroma-location", "topleft"]]
        results = {tuple(self.checksums(self.moving(), "--size", "60x44", *o, "--duration", "0.1")) for o in options}
        self.assertEqual(len(results), len(options))

    def test_linear_light(self):
        board = bytes(255 * ((x + y) % 2) for y in range(32) for x in range(32) for _ in range(3))
        picture = self.path("board.png")
        ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "32x32", "-i", "-", picture, stdin=board)
        small = lambda *options: set(raw(self.resized(picture, "--size", "16x16", "--filter", "area", *options)))
        self.assertEqual(small(), {128})
        self.assertEqual(small("--linear-light"), {188})
        self.assertEqual(small("--linear-light=bt1886"), {191})
        self.resize(picture, self.path("no.png"), "--scale", 0.5, "--linear-light=log", code=2)
        # A video keeps its pixel format; its luma is that of the mean light.
        half = self.checksums(self.moving(), "--scale", 0.5)
        light = self.checksums(self.moving(), "--scale", 0.5, "--linear-light")
        self.assertEqual(self.pixel_format(), "yuv420p")
        self.assertEqual(len(light), len(half))
        self.assertNotEqual(light, half)
        self.assertEqual(light, self.checksums(self.moving(), "--scale", 0.5, "--linear-light", "--threads", 1))
        # At the same size everything stays within one of what it was.
        self.resize(self.moving(), self.path("same.nut"), "--codec", "rawvideo", "--scale", 1, "--linear-light")
        before, after = raw(self.moving()), raw(self.path("same.nut"))
        self.assertEqual(len(before), len(after))

    def resized(self, source, *options):
        self.resize(source, self.path("small.png"), "-y", *options)
        return self.path("small.png")

    def test_catmull_rom_is_bicubic_with_minus_half(self):
        same = [["--filter", "catmull-rom"], ["--filter", "bicubic", "--cubic-a", "-0.5"]]
        results = {tuple(self.checksums(self.moving(), "--size", "60x44", *o, "--duration", "0.1")) for o in same}
        self.assertEqual(len(results), 1)
        for wrong in [["--filter", "mitchell", "--cubic-bc", "1/3"], ["--filter", "mitchell", "--cubic-bc", "1/3,2"],
                      ["--filter", "bicubic", "--cubic-bc", "1/3,1/3"], ["--filter", "catmull_rom"]]:
            done = self.resize(self.moving(), self.path("no.nut"), "--scale", 1, *wrong, code=2)
            self.assertIn(wrong[-2], done.text)

    def test_every_pixel_format_keeps_its_pixels_at_the_same_size(self):
        for name in OWN_FORMATS:
            with self.subTest(name):
                source = self.clip(f"{name}.nut", *test_source("35x27"), "-frames:v", 2, "-pix_fmt", name, "-c:v",
                                   "rawvideo")
                self.assertEqual(self.checksums(source, "--scale", 1), decoded_md5(source))
                self.assertEqual(self.pixel_format(), name)
                self.resize(source, self.path("half.nut"), "--codec", "rawvideo", "--size", "17x13", "-y")
                self.assertEqual(video(self.path("half.nut"))["pix_fmt"], name)

    def test_other_pixel_formats_are_converted_and_said(self):
        for name, expected in CONVERTED.items():
            with self.subTest(name):
                source = self.clip(f"{name}.nut", *test_source("36x28"), "-frames:v", 2, "-pix_fmt", name, "-c:v",
                                   "rawvideo")
                done = self.resize(source, self.path("out.nut"), "--codec", "rawvideo", "--scale", 1, "-y",
                                   "--frame-md5", self.path("md5"))
                self.assertEqual(self.pixel_format(), expected)
                lossless = name.endswith("be")
                self.assertEqual(f"converted from {name}" in done.text, not lossless, done.text)

    def test_nearest_doubles_pixels(self):
        source = self.clip("small.nut", *test_source("16x12"), "-frames:v", 1, "-pix_fmt", "gray", "-c:v", "rawvideo")
        self.resize(source, self.path("a.nut"), "--codec", "rawvideo", "--scale", 2, "--filter", "nearest")
        small, large = raw(source), raw(self.path("a.nut"))
        self.assertEqual(large, bytes(small[y // 2 * 16 + x // 2] for y in range(24) for x in range(32)))

    def test_pipes(self):
        reference = self.checksums(self.moving(), "--size", "80x60")
        y4m = self.resize(self.moving(), "-", "--scale", 1).stdout
        done = self.resize("-", "-", "--size", "80x60", "--frame-md5", self.path("piped"), stdin=y4m)
        self.assertTrue(done.stdout.startswith(b"YUV4MPEG2 W80 H60 F25:1"))
        self.assertEqual(read_md5(self.path("piped")), reference)
        frames = ffmpeg("-i", "-", "-f", "framemd5", "-", stdin=done.stdout).decode().splitlines()
        self.assertEqual([l.split(",")[-1].strip() for l in frames if not l.startswith("#")], reference)
        one = subprocess.run([FLUXEL, "resize", self.moving(), "-", "--size", "80x60", "--quiet"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
        self.assertEqual((one.stdout, one.stderr), (done.stdout, b""))

    def test_ten_bits_through_a_pipe(self):
        source = self.clip("ten.mkv", *test_source(), "-frames:v", 3, "-pix_fmt", "yuv420p10le", "-c:v", "ffv1")
        done = self.resize(source, "-", "--size", "80x60", "--frame-md5", self.path("md5"))
        frames = ffmpeg("-i", "-", "-f", "framemd5", "-", stdin=done.stdout).decode().splitlines()
        self.assertEqual([l.split(",")[-1].strip() for l in frames if not l.startswith("#")], read_md5(self.path("md5")))

    def test_ten_bits_and_an_odd_width_through_a_pipe(self):
        source = self.clip("ten.mkv", *test_source(), "-frames:v", 3, "-pix_fmt", "yuv420p10le", "-c:v", "ffv1")
        done = self.resize(source, self.path("a.y4m"), "--size", "81x61")
        self.assertIn("yuv444p10le", done.text)
        v = video(self.path("a.y4m"))
        self.assertEqual((v["width"], v["pix_fmt"], v["nb_read_frames"]), (81, "yuv444p10le", "3"))

    def test_the_checksum_file(self):
        self.checksums(self.moving(), "--size", "80x60")
        with open(self.path("md5")) as f:
            lines = f.read().splitlines()
        self.assertEqual(lines[:3], ["#fluxel frame-md5 1", "#size 80x60", "#pixel_format yuv420p"])
        self.assertRegex(lines[4], "^0,0,[0-9a-f]{32}$")
        self.assertEqual(len(lines), 4 + 25)

    def test_size_and_format_may_change_on_the_way(self):
        first = self.clip("a.ts", *test_source("160x120", 25), "-frames:v", 5, *X264)
        second = self.clip("b.ts", *test_source("96x96", 25), "-frames:v", 5, "-output_ts_offset", 0.2, "-c:v", "libx264",
                           "-pix_fmt", "yuv444p")
        with open(self.path("both.ts"), "wb") as out:
            for name in (first, second):
                with open(name, "rb") as f:
                    out.write(f.read())
        self.resize(self.path("both.ts"), self.path("a.mkv"), "--size", "80x60", "--fit", "cover", *FAST)
        self.assertEqual((size(self.path("a.mkv")), video(self.path("a.mkv"))["nb_read_frames"]), ((80, 60), "10"))

    def test_encoder_formats(self):
        source = self.clip("rgb.mkv", *test_source(), "-frames:v", 3, "-pix_fmt", "bgr0", "-c:v", "ffv1")
        done = self.resize(source, self.path("a.mp4"), "--scale", "0.5", *FAST)
        self.assertIn("converted from bgr0 to yuv420p", done.text)
        self.assertEqual(video(self.path("a.mp4"))["pix_fmt"], "yuv420p")
        self.assertEqual(video(self.path("a.mp4"))["color_space"], "smpte170m")
        self.resize(source, self.path("b.mp4"), "--scale", "0.5", "--pixel-format", "yuv444p", *FAST)
        self.assertEqual(video(self.path("b.mp4"))["pix_fmt"], "yuv444p")
        done = self.resize(self.moving(), self.path("c.avi"), "--codec", "mjpeg", "--scale", "0.5")
        self.assertIn("full range", done.text)
        self.assertEqual(video(self.path("c.avi"))["color_range"], "pc")


if __name__ == "__main__":
    unittest.main()
