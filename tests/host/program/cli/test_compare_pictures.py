# SPDX-License-Identifier: Apache-2.0
"""fluxel compare of pictures and videos: beside ffmpeg's psnr and ssim filters, and known values."""

import csv
import io
import json
import math
import re
import subprocess
import unittest

from support import *

NOISE = "noise=alls=20:allf=t:all_seed=7"


def ffmpeg_log(*args):
    """What a filter says in the end."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", *map(str, args), "-f", "null", "-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stderr.decode()


def ffmpeg_measures(judged, reference, name):
    """{"y": value, ..., "all": value}: the averages of ffmpeg's psnr (dB) or ssim filter."""
    text = ffmpeg_log("-i", judged, "-i", reference, "-lavfi", f"[0:v][1:v]{name}")
    line = [l for l in text.splitlines() if f"{name.upper()} " in l][-1]
    found = {k.lower(): float(v) for k, v in re.findall(r"(\b[yuvrgba]|All|average):(inf|[0-9.]+)", line, re.IGNORECASE)}
    found["all"] = found.pop("average", found.get("all"))
    return found


class ComparePictures(Case):
    def compare(self, *args, **kwargs):
        return self.fluxel("compare", "--device", "cpu", *args, **kwargs)

    def measured(self, *args):
        return json.loads(self.compare(*args, "--json").stdout)

    def pair(self, pixel_format, size="160x120"):
        """A clip, and the same with noise, both lossless."""
        clean = self.clip(f"clean-{pixel_format}-{size}.nut", *test_source(size, seconds=0.4), "-pix_fmt", pixel_format,
                          "-c:v", "rawvideo")
        noisy = self.clip(f"noisy-{pixel_format}-{size}.nut", "-i", clean, "-vf", NOISE, "-pix_fmt", pixel_format,
                          "-c:v", "rawvideo")
        return noisy, clean

    def test_psnr_and_mse_are_those_of_ffmpeg(self):
        for pixel_format in ["yuv420p", "yuv444p", "yuv422p", "gray", "yuv420p10le"]:
            with self.subTest(pixel_format):
                noisy, clean = self.pair(pixel_format)
                ours = self.measured(noisy, clean, "--ssim", "none")
                theirs = ffmpeg_measures(noisy, clean, "psnr")
                self.assertEqual((ours["pictures"], ours["pixel_format"]), (10, pixel_format))
                self.assertEqual(set(ours["overall"]), set(theirs))
                for channel, value in theirs.items():
                    self.assertAlmostEqual(ours["overall"][channel]["psnr"], value, delta=2e-6 * value)

    def test_ssim_of_blocks_is_that_of_ffmpeg(self):
        for pixel_format in ["yuv420p", "yuv444p", "gray", "yuv420p10le"]:
            with self.subTest(pixel_format):
                noisy, clean = self.pair(pixel_format)
                ours = self.measured(noisy, clean, "--ssim", "blocks")["overall"]
                theirs = ffmpeg_measures(noisy, clean, "ssim")
                for channel, value in theirs.items():
                    self.assertAlmostEqual(ours[channel]["ssim"], value, delta=3e-6)

    def test_every_picture_has_its_line(self):
        noisy, clean = self.pair("yuv420p")
        stats = self.path("stats")
        ffmpeg_log("-i", noisy, "-i", clean, "-lavfi", f"[0:v][1:v]psnr=stats_file={stats}")
        with open(stats) as f:
            theirs = [dict(field.split(":") for field in line.split()) for line in f]
        rows = list(csv.DictReader(io.StringIO(self.compare(noisy, clean, "--csv").stdout.decode())))
        self.assertEqual(len(rows), len(theirs))
        for row, expected in zip(rows, theirs):
            self.assertEqual(row["picture"], expected["n"])
            for channel in "yuv":
                self.assertAlmostEqual(float(row[f"{channel}_psnr"]),
                                       float(expected[f"psnr_{channel}"]), delta=0.0051)
                self.assertAlmostEqual(float(row[f"{channel}_mse"]), float(expected[f"mse_{channel}"]), delta=0.0051)
        frames = self.measured(noisy, clean)["frames"]
        self.assertEqual([f["y"]["psnr"] for f in frames], [float(r["y_psnr"]) for r in rows])

    def test_equal_pictures_are_infinitely_near(self):
        _, clean = self.pair("yuv420p")
        m = self.measured(clean, clean)["overall"]["all"]
        self.assertEqual(m, {"mse": 0, "psnr": "inf", "snr": "inf", "ssim": 1})
        text = self.compare(clean, clean, "--min-psnr", 100, "--min-ssim", 1).stdout.decode()
        self.assertRegex(text, r"all +0 +inf +inf +1\.000000\n10 pictures of 160x120, yuv420p")

    def test_known_values(self):
        grey, lighter = self.path("grey.png"), self.path("lighter.png")
        for name, value in [(grey, 100), (lighter, 110)]:
            ffmpeg("-f", "rawvideo", "-pix_fmt", "gray", "-s", "32x32", "-i", "-", name, stdin=bytes([value]) * 1024)
        m = self.measured(lighter, grey)["overall"]["y"]
        self.assertEqual(m["mse"], 100)
        self.assertAlmostEqual(m["psnr"], 10 * math.log10(255 * 255 / 100), places=6)
        self.assertAlmostEqual(m["snr"], 20, places=6)
        c1 = (0.01 * 255) ** 2
        self.assertAlmostEqual(m["ssim"], (2 * 100 * 110 + c1) / (100 * 100 + 110 * 110 + c1), places=6)

    def test_thresholds(self):
        noisy, clean = self.pair("yuv420p")
        m = self.measured(noisy, clean)["overall"]["all"]
        self.compare(noisy, clean, "--min-psnr", m["psnr"] - 0.01, "--min-ssim", m["ssim"] - 0.001)
        self.assertIn("below --min-psnr", self.compare(noisy, clean, "--min-psnr", m["psnr"] + 0.01, code=1).text)
        self.assertIn("below --min-ssim", self.compare(noisy, clean, "--min-ssim", m["ssim"] + 0.001, code=1).text)
        self.assertIn("are for flow", self.compare(noisy, clean, "--as", "pictures", "--max-epe", 1, code=2).text)

    def test_lengths_sizes_and_formats_that_differ(self):
        noisy, clean = self.pair("yuv420p")
        short = self.clip("short.nut", "-i", clean, "-frames:v", 4, "-c:v", "rawvideo")
        done = self.compare(short, clean)
        self.assertIn("short.nut has 4 pictures", done.text)
        self.assertIn("has 4 pictures", self.compare(clean, short, "--min-psnr", 1, code=1).text)
        one = self.clip("one.nut", "-i", clean, "-frames:v", 1, "-c:v", "rawvideo")
        self.assertIn("one.nut has 1 picture,", self.compare(one, clean).text)
        _, other = self.pair("yuv420p", "64x48")
        self.assertIn("same size", self.compare(other, clean, code=3).text)
        rgb = self.clip("rgb.png", "-i", clean, "-frames:v", 1, "-pix_fmt", "rgb24")
        jpeg = self.clip("grey.jpg", "-i", rgb, "-q:v", 2)
        done = self.compare(jpeg, rgb)
        self.assertIn("converted", done.text)
        self.assertEqual([l.split()[0] for l in done.stdout.decode().splitlines()[1:5]], ["r", "g", "b", "all"])
        self.assertIn("no such file", self.compare(self.path("none.png"), rgb, code=3).text.lower())

    def test_sixteen_bit_pictures_are_no_flow(self):
        deep = self.clip("deep.png", *test_source("32x32"), "-frames:v", 1, "-pix_fmt", "rgb48be")
        m = self.measured(deep, deep)
        self.assertEqual((m["pixel_format"], m["peak"]), ("rgb48le", 65535))


if __name__ == "__main__":
    unittest.main()
