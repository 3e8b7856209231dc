# SPDX-License-Identifier: Apache-2.0
"""fluxel stabilize: shake goes, times, sound and pixel formats stay, and every odd input."""

import unittest

from support import *

LOSSLESS = ["--codec", "ffv1"]
WIDTH, HEIGHT = 160, 120


def shaken(pixels="yuv420p", amplitude=6):
    """A still picture, shaken by whole pixels."""
    return ["-f", "lavfi", "-i", "mandelbrot=s=240x200:start_scale=0.01:end_scale=0.01:start_x=-0.743643:start_y=0.131825,"
            "trim=end_frame=1,loop=60:1", "-vf",
            f"gblur=1.5,crop={WIDTH}:{HEIGHT}:40+{amplitude}*sin(n*1.7):40+{amplitude}*sin(n*2.3+1),format={pixels}",
            "-frames:v", 40, "-c:v", "ffv1"]


def change(path):
    """Mean absolute difference of neighbouring pictures' luma, in their middle."""
    frame, pixels = WIDTH * HEIGHT * 3 // 2, raw(path, "-pix_fmt", "yuv420p")
    inner = [y * WIDTH + x for y in range(30, HEIGHT - 30, 2) for x in range(40, WIDTH - 40, 2)]
    count = len(pixels) // frame
    return sum(abs(pixels[n * frame + i] - pixels[(n - 1) * frame + i]) for n in range(1, count) for i in inner) / (
        (count - 1) * len(inner))


class Stabilize(Case):
    def stabilize(self, source, target, *args, **kwargs):
        return self.fluxel("stabilize", source, target, "--device", "cpu", *args, **kwargs)

    def test_the_shake_goes(self):
        source = self.clip("a.mkv", *shaken())
        for crop in ("auto", "none", "fill"):
            with self.subTest(crop):
                target = self.path(crop + ".mkv")
                self.stabilize(source, target, "--crop", crop, "--smoothing", 6, *LOSSLESS)
                self.assertEqual(size(target), (WIDTH, HEIGHT))
                self.assertEqual(times(target), times(source))
                self.assertLess(change(target), change(source) / 5)

    def test_pixel_formats_and_sound_stay(self):
        for pixels in ("yuv420p10le", "yuv444p", "gray", "rgb24"):
            with self.subTest(pixels):
                source = self.clip(pixels + ".mkv", *shaken(pixels))
                self.stabilize(source, self.path(pixels + ".mkv"), *LOSSLESS)
                self.assertEqual(video(self.path(pixels + ".mkv"))["pix_fmt"], video(source)["pix_fmt"])
        source = self.clip("sound.mkv", *sine(2), *shaken(), "-c:a", "flac")
        self.stabilize(source, self.path("sound.mkv"), *LOSSLESS)
        self.assertEqual(packets(self.path("sound.mkv"), "a:0"), packets(source, "a:0"))

    def test_bytes_do_not_depend_on_threads(self):
        source = self.clip("a.mkv", *shaken())
        sums = []
        for threads in (1, 3):
            self.stabilize(source, self.path(f"{threads}.mkv"), "--threads", threads, "--frame-md5", self.path("md5"), "-y",
                           *LOSSLESS)
            sums.append(read_md5(self.path("md5")))
        self.assertEqual(sums[0], sums[1])
        self.assertEqual(len(sums[0]), 40)

    def test_through_a_pipe(self):
        source = self.clip("pipe.nut", *shaken())
        with open(source, "rb") as f:
            done = self.fluxel("stabilize", "-", "-", "--quiet", "--device", "cpu", stdin=f.read())
        self.assertEqual(done.stdout[:9], b"YUV4MPEG2")
        self.assertEqual(done.stdout.count(b"FRAME\n"), 40)

    def test_one_picture_stays_as_it_is(self):
        picture = self.clip("one.png", *shaken("rgb24")[:6], "-frames:v", 1)
        self.stabilize(picture, self.path("one.png"), "--crop", "none")
        self.assertEqual(decoded_md5(self.path("one.png")), decoded_md5(picture))

    def test_cuts_and_black_pictures(self):
        cut = self.clip("cut.mkv", *test_source(size="160x120", seconds=1), "-vf",
                        "trim=end_frame=1,loop=30:1,drawbox=enable='gt(n,12)':c=black:t=fill", "-c:v", "ffv1", "-pix_fmt",
                        "yuv420p")
        self.stabilize(cut, self.path("cut.mkv"), "--crop", "fill", *LOSSLESS)
        self.assertEqual(decoded_md5(self.path("cut.mkv")), decoded_md5(cut))

    def test_what_is_wrong_is_said(self):
        source = self.clip("a.mkv", *shaken())
        for words, args in {"--crop foo: unknown; choose one of auto, none, fill": ["--crop", "foo"],
                            "--model bend: unknown; choose one of": ["--model", "bend"],
                            "--smoothing: choose a number of frames from 1 to 100": ["--smoothing", 0],
                            "--margin: choose a percentage from 0 to 50": ["--margin", 51],
                            "--margin goes with --crop auto": ["--margin", 5, "--crop", "fill"]}.items():
            with self.subTest(words):
                done = self.stabilize(source, self.path("no.mkv"), *args, code=2)
                self.assertIn(words, done.text)
                self.assertFalse(os.path.exists(self.path("no.mkv")))
        fields = self.clip("fields.mp4", *test_source(), "-vf", "setfield=tff", "-flags", "+ilme+ildct", "-x264opts", "tff=1",
                           *X264)
        self.assertIn("--deinterlace", self.stabilize(fields, self.path("no.mkv"), code=3).text)
        self.stabilize(fields, self.path("whole.mkv"), "--deinterlace=all", *LOSSLESS)


if __name__ == "__main__":
    unittest.main()
