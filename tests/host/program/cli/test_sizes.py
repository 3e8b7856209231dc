# SPDX-License-Identifier: Apache-2.0
"""How large the result is, which part of the input it shows, and what is around it, beside ffmpeg."""

import json
import unittest

from support import *

LOSSLESS = ["--codec", "ffv1"]


def shape(path):
    v = video(path)
    return v["width"], v["height"], v.get("sample_aspect_ratio", "?")


class Sizes(Case):
    def pal(self):
        """720x576 that is shown as 1024x576."""
        return self.clip("pal.mkv", *test_source("720x576"), "-frames:v", 2, "-vf", "setsar=64/45", "-c:v", "ffv1")

    def test_sizes_are_those_of_the_shown_picture(self):
        for options, expected in [
                (["--size", "640x360"], (640, 360, "1:1")), (["--size", "640x-1"], (640, 360, "1:1")),
                (["--size", "-2x288"], (512, 288, "1:1")), (["--size", "640x480", "--fit", "contain"], (640, 360, "1:1")),
                (["--size", "720x720", "--fit", "pad"], (720, 720, "1:1")),
                (["--size", "300x300", "--fit", "cover"], (300, 300, "1:1")),
                (["--size", "720p"], (1280, 720, "1:1")), (["--size", "hd720"], (1280, 720, "1:1")),
                (["--size", "50%"], (360, 288, "64:45")), (["--size", "2X"], (1440, 1152, "64:45")),
                (["--scale", "1/2"], (360, 288, "64:45")), (["--size", "100x576"], (100, 576, "256:25")),
                (["--scale", "0.5", "--square-pixels"], (512, 288, "1:1")), (["--square-pixels"], (1024, 576, "1:1"))]:
            with self.subTest(options):
                self.resize(self.pal(), self.path("a.mkv"), *LOSSLESS, *options, "-y")
                self.assertEqual(shape(self.path("a.mkv")), expected)

    def test_pictures_have_square_pixels(self):
        for options, expected in [(["--scale", 0.5], (512, 288)), (["--size", "640x-1"], (640, 360)),
                                  (["--size", "300x300"], (300, 300))]:
            for name in ("a.png", "a.jpg", "a.gif", "a.apng"):
                self.resize(self.pal(), self.path(name), *options, "-y")
                v = video(self.path(name))
                self.assertEqual((v["width"], v["height"]), expected)
                self.assertIn(v.get("sample_aspect_ratio", "1:1"), ("1:1", "0:1"))
            # ffprobe does not read animated WebP.
            done = self.resize(self.pal(), self.path("a.webp"), *options, "--json", "-y")
            self.assertEqual(tuple(json.loads(done.stdout)["result"].values()), expected * 2)

    def test_the_shorter_side_of_upright_pictures(self):
        tall = self.clip("tall.mkv", *test_source("90x160"), "-frames:v", 1, "-c:v", "ffv1")
        self.resize(tall, self.path("a.mkv"), *LOSSLESS, "--size", "360p")
        self.assertEqual(size(self.path("a.mkv")), (360, 640))

    def test_the_middle_that_covers_is_that_of_the_shown_picture(self):
        # A circle on the screen stays one.
        source = self.clip("circle.mkv", "-f", "lavfi", "-i",
                           "color=black:size=720x576,format=gray,geq=lum='255*lt(hypot((X-359.5)*64/45,Y-287.5),200)'",
                           "-frames:v", 1, "-vf", "setsar=64/45", "-c:v", "ffv1", "-pix_fmt", "gray")
        for fit in ("cover", "pad", "contain"):
            self.resize(source, self.path("a.mkv"), *LOSSLESS, "--size", "288x288", "--fit", fit, "-y")
            width, height = size(self.path("a.mkv"))
            pixels = raw(self.path("a.mkv"))
            across = sum(pixels[height // 2 * width + x] for x in range(width)) / 255
            down = sum(pixels[y * width + width // 2] for y in range(height)) / 255
            self.assertAlmostEqual(across, down, delta=1.1, msg=fit)

    def test_sizes_out_of_range(self):
        for words, options in [("sides go from 1 to 65535", ["--scale", "1e9"]), ("sides go", ["--scale", "1e-9"]),
                               ("sides go", ["--size", "60000x-1", "--crop", "10x576"]), ("720p", ["--size", "0p"]),
                               ("hd720", ["--size", "large"]), ("a width alone is 640x-1", ["--size", "640x"]), ("larger than FFmpeg", ["--size", "16300x16300"]),
                               ("up to 65535", ["--size", "70000x10"]), ("multiple of n", ["--size", "640x-65"]),
                               ("--fit goes with --size WxH", ["--size", "720p", "--fit", "pad"]),
                               ("720x576", ["--crop", "721x10"]), ("720x576", ["--crop", "10x10+0+567"]),
                               ("WxH+X+Y", ["--crop", "10x10+5"]), ("WxH+X+Y", ["--crop", "0x10"]),
                               ("align_corners", ["--crop", "9x9", "--coordinates", "align_corners"]),
                               ("not a color", ["--size", "9x9", "--fit", "pad", "--pad-color", "reddish"]),
                               ("--fit pad", ["--size", "9x9", "--pad-color", "red"])]:
            with self.subTest(options):
                done = self.resize(self.pal(), self.path("a.mkv"), *LOSSLESS, *options, code=2)
                self.assertIn(words, done.text)
                self.assert_one_line(done)

    def test_too_little_memory(self):
        def little():
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (800 << 20, 800 << 20))
        done = self.resize(self.pal(), self.path("a.png"), "--size", "15000x15000", code=4, preexec_fn=little)
        self.assertRegex(done.text, "memory")


class Parts(Case):
    def moving(self):
        return self.clip("moving.mkv", *test_source("160x120"), "-frames:v", 3, "-c:v", "ffv1", "-pix_fmt", "yuv420p")

    def test_a_crop_is_ffmpegs(self):
        for crop, theirs in [("100x60+20+10", "100:60:20:10"), ("64x48", "64:48"), ("160x120+0+0", "160:120:0:0")]:
            self.resize(self.moving(), self.path("a.mkv"), *LOSSLESS, "--crop", crop, "-y")
            self.assertEqual(decoded_md5(self.path("a.mkv")), decoded_md5(self.moving(), "-vf", f"crop={theirs}"))

    def test_a_crop_of_turned_pictures_is_of_what_is_shown(self):
        plain = self.clip("plain.mp4", *test_source("160x120"), "-frames:v", 3, "-c:v", "libx264", "-qp", 0, "-pix_fmt",
                          "yuv444p")
        for turn in (90, 180, 270):
            source = self.clip(f"turned{turn}.mp4", "-i", plain, "-c", "copy", "-metadata:s:v:0", f"rotate={turn}")
            self.resize(source, self.path("a.mp4"), "--crop", "50x34+6+12", "-y", "--codec-opt", "qp=0")
            self.assertEqual(decoded_md5(self.path("a.mp4")), decoded_md5(source, "-vf", "crop=50:34:6:12"), turn)

    def test_a_crop_between_pixels(self):
        ramp = bytes(4 * x for y in range(20) for x in range(60))
        source = self.path("ramp.png")
        ffmpeg("-f", "rawvideo", "-pix_fmt", "gray", "-s", "60x20", "-i", "-", source, stdin=ramp)
        self.resize(source, self.path("a.png"), "--crop", "8x10+2.25+3")
        self.assertEqual(size(self.path("a.png")), (8, 10))
        self.assertEqual(list(raw(self.path("a.png"))[:8]), [4 * x + 9 for x in range(8)])

    def test_nothing_beyond_a_crop_is_seen(self):
        source = self.path("bars.png")
        ffmpeg("-f", "lavfi", "-i", "color=white:size=80x60,format=rgb24,pad=120:100:20:20:red", "-frames:v", 1, source)
        for filter in ("bilinear", "lanczos3", "area"):
            for size_ in ("40x30", "200x150"):
                self.resize(source, self.path("a.png"), "--crop", "80x60+20+20", "--size", size_, "--filter", filter, "-y")
                self.assertEqual(set(raw(self.path("a.png"))), {255})

    def test_a_crop_and_a_fit(self):
        self.resize(self.moving(), self.path("a.mkv"), *LOSSLESS, "--crop", "80x120", "--size", "100x100", "--fit", "contain")
        self.assertEqual(size(self.path("a.mkv")), (66, 100))

    def test_the_color_of_bars(self):
        for name, pixels in [("rgb.png", "rgb24"), ("deep.png", "rgb48be"), ("grey.png", "gray"), ("alpha.png", "rgba"),
                             ("a.mkv", "yuv420p"), ("deep.mkv", "yuv422p10le")]:
            source = self.clip(name, *test_source("64x32"), "-frames:v", 1, "-pix_fmt", pixels,
                               *(["-c:v", "ffv1"] if name.endswith("mkv") else []))
            self.resize(source, self.path(name), "--size", "64x64", "--fit", "pad", "--pad-color", "#3060c0",
                        *(LOSSLESS if name.endswith("mkv") else []), "-y")
            self.assertEqual(video(self.path(name))["pix_fmt"], pixels)
            ours = raw(self.path(name), "-pix_fmt", "rgb24", "-sws_flags", "accurate_rnd+full_chroma_int")
            self.assertEqual(len(ours), 64 * 64 * 3)
            wanted = (0x5c,) * 3 if pixels == "gray" else (0x30, 0x60, 0xc0)
            for at in (0, 64 * 8 + 30, 64 * 63 + 63):
                seen = ours[3 * at:3 * at + 3]
                self.assertLessEqual(max(abs(a - b) for a, b in zip(seen, wanted)), 2, (name, tuple(seen)))
        theirs = raw(self.clip("a.mkv"), "-vf", "pad=64:64:0:16:color=0x3060c0")
        self.assertEqual(raw(self.path("a.mkv")), theirs)

    def test_bars_are_black_by_default(self):
        source = self.clip("rgb.png", *test_source("64x32"), "-frames:v", 1)
        self.resize(source, self.path("a.png"), "--size", "64x64", "--fit", "pad")
        self.assertEqual(raw(self.path("a.png"))[:3 * 64 * 16], bytes(3 * 64 * 16))


if __name__ == "__main__":
    unittest.main()
