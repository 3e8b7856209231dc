# SPDX-License-Identifier: Apache-2.0
"""The program on a CUDA device, which may be an emulated one whose streams work as late as they may: frames that go through
the ring of uploads, kernels and downloads are those of the CPU, in order, however many there are."""

import json
import os
import subprocess
import unittest

from support import *

FRAMES = [1, 3, 4, 5, 11]  # below, at and above what the ring holds


def noisy(size):
    """No frame is as another."""
    return [*test_source(size, 25, 1), "-vf", "noise=alls=60:allf=t"]


class Device(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        info = json.loads(subprocess.run([FLUXEL, "info", "--json"], check=True, stdout=subprocess.PIPE).stdout)
        if not info["cuda"]:
            raise unittest.SkipTest("NOT RUN: " + info["no_cuda_because"])
        cls.info = info

    def clip_of(self, frames, pixels="yuv420p", size="48x36"):
        return self.clip(f"ring-{frames}-{pixels}-{size}.mkv", *noisy(size), "-frames:v", frames, "-pix_fmt", pixels,
                         "-c:v", "ffv1")

    def both(self, command, source, *args, codec=("--codec", "ffv1")):
        """Checksums of every frame, of the CPU and of the device."""
        sums = []
        for device in ("cpu", "cuda"):
            out, md5 = self.path(f"{device}.mkv"), self.path(f"{device}.md5")
            done = self.fluxel(command, source, out, "--device", device, *codec, "--frame-md5", md5, "-y", *args)
            self.assertIn(self.info["cuda"][0]["name"] if device == "cuda" else "CPU", done.text)
            self.assertEqual("  CUDA ready after " in done.text, device == "cuda")
            sums.append(read_md5(md5))
        self.assertEqual(times(self.path("cuda.mkv")), times(self.path("cpu.mkv")))
        return sums

    def same(self, command, source, frames, *args, distinct=None, **kwargs):
        here, there = self.both(command, source, *args, **kwargs)
        self.assertEqual(len(here), frames)
        self.assertEqual(here, there)
        self.assertEqual(len(set(here)), distinct or frames)

    def test_any_number_of_frames(self):
        for frames in FRAMES:
            for command, args in (("resize", ["--size", "31x23"]), ("upsample", ["--factor", 2])):
                with self.subTest(frames=frames, command=command):
                    self.same(command, self.clip_of(frames), frames, *args)

    def test_every_kind_of_pixels(self):
        for pixels in ("gray", "nv12", "yuv422p10le", "rgb24", "rgba", "yuva420p", "gbrp"):
            with self.subTest(pixels=pixels):
                source = self.clip(f"ring-{pixels}.nut", *noisy("40x30"), "-frames:v", 6, "-pix_fmt", pixels,
                                   "-c:v", "rawvideo")
                self.same("resize", source, 6, "--scale", "0.6", "--filter", "lanczos3", codec=("--codec", "rawvideo"))

    def test_parts_bars_and_fields(self):
        source = self.clip_of(6)
        self.same("resize", source, 6, "--size", "40x40", "--fit", "pad")
        self.same("resize", source, 6, "--size", "40x40", "--fit", "pad", "--pad-color", "#2040ff")
        self.same("resize", source, 6, "--size", "20x30", "--fit", "cover")
        self.same("resize", source, 6, "--size", "30x20", "--crop", "21.5x17+3.25+5")
        self.same("resize", source, 6, "--size", "30x20", "--linear-light")
        fields = self.clip("ring-fields.mkv", *test_source("48x36", 25, 1), "-frames:v", 6, "-vf",
                           "noise=alls=60:allf=t,setfield=tff", "-flags", "+ildct", "-c:v", "ffv1")
        self.same("resize", fields, 6, "--size", "32x24")

    def test_frames_that_change_on_the_way(self):
        """Pictures that are converted first, and one from every field."""
        palette = self.clip("ring-palette.gif", *noisy("48x36"), "-frames:v", 5)
        self.same("resize", palette, 5, "--size", "24x18")
        fields = self.clip("ring-two-fields.mkv", *test_source("48x36", 25, 1), "-frames:v", 4, "-vf",
                           "noise=alls=60:allf=t,setfield=tff", "-c:v", "ffv1")
        self.same("resize", fields, 8, "--size", "24x18", "--deinterlace=fields")

    def test_points_stay_on_the_device(self):
        source = self.clip("ring-track.mkv", *test_source("96x72", 25, 1), "-frames:v", 7, "-c:v", "ffv1")
        mask = self.clip("ring-mask.png", "-f", "lavfi", "-i", "color=white:size=96x72,drawbox=0:0:30:72:black:fill",
                         "-frames:v", 1, "-pix_fmt", "gray")
        for args in ([], ["--valid-mask", mask, "--redetect", 2], ["--forward-backward", 1, "--redetect-below", 1]):
            lists = []
            for device in ("cpu", "cuda"):
                out = self.path(device + ".csv")
                self.fluxel("track", source, "-o", out, "--device", device, "--max-corners", 40, "--min-distance", 4,
                            "-y", *args)
                with open(out, "rb") as f:
                    lists.append(f.read())
            self.assertGreater(lists[0].count(b"\n"), 50)
            self.assertEqual(lists[0], lists[1], args)

    def test_flow_stays_on_the_device(self):
        source = self.clip("ring-flow.mkv", *test_source("64x48", 25, 1), "-frames:v", 4, "-c:v", "ffv1")
        for method in ("horn-schunck", "lucas-kanade"):
            drawn, told = [], []
            for device in ("cpu", "cuda"):
                args = ["flow", source, "--device", device, "--method", method, "--quality", "fast", "-y"]
                done = self.fluxel(*args, "-o", self.path("a.mkv"), "--codec", "ffv1", "--json")
                self.assertEqual(json.loads(done.stdout)["processor"].split(",")[0].startswith("CPU"), device == "cpu")
                drawn.append(decoded_md5(self.path("a.mkv")))
                self.fluxel(*args, "-o", self.path("a.mkv"), "--codec", "ffv1", "--frame-md5", self.path("md5"))
                told.append(read_md5(self.path("md5")))
            self.assertEqual(len(drawn[0]), 3)
            self.assertEqual(*drawn)
            self.assertEqual(*told)

    def test_a_picture(self):
        source = self.clip("ring.png", *test_source("48x36"), "-frames:v", 1)
        for device in ("cpu", "cuda"):
            self.fluxel("resize", source, self.path(device + ".png"), "--size", "31x23", "--device", device)
        self.assertEqual(raw(self.path("cpu.png")), raw(self.path("cuda.png")))

    def test_errors_in_the_middle_leave_nothing(self):
        source = self.clip_of(11)
        done = self.fluxel("resize", source, "/dev/full", "--scale", 2, "--device", "cuda", "-y", code=5)
        self.assertTrue(done.text)
        with open(source, "rb") as whole, open(self.path("cut.mkv"), "wb") as cut:
            cut.write(whole.read()[:-2000])
        self.fluxel("resize", self.path("cut.mkv"), self.path("out.mkv"), "--scale", 2, "--device", "cuda", code=3)
        self.assertFalse(os.path.exists(self.path("out.mkv")))

    def test_pictures_end_where_one_is_wanted(self):
        done = self.fluxel("resize", self.clip_of(11), self.path("one.png"), "--scale", 2, "--device", "cuda")
        self.assertIn("holds one picture", done.text)

    def test_summary_tells_copies_and_work_apart(self):
        """Of every command whose frames go to the device and back; on the CPU nothing is copied."""
        source = self.clip("ring-steps.mkv", *test_source("96x72", 25, 1), "-frames:v", 6, "-c:v", "ffv1")
        commands = {"stabilize": ["stabilize"], "interpolate": ["motion", "between"], "segment": ["motion", "list"],
                    "flow": ["prepare", "solve", "draw"], "align": ["motion", "warp"]}
        for command, steps in commands.items():
            more = ["--factor", 2] if command == "interpolate" else []
            for device in ("cpu", "cuda"):
                with self.subTest(command=command, device=device):
                    done = self.fluxel(command, source, "-o", self.path("steps.mkv"), "--device", device, "-y", "--json",
                                       *more)
                    copied = ["upload", *steps, "download"] if device == "cuda" else steps
                    named = ["decode", *copied, "convert", "encode"]
                    if command == "align":  # its --json tells of pictures
                        self.assertRegex(done.text, "at work: " + r" [0-9.]+ s, ".join(named) + r" [0-9.]+ s; bounded by")
                        continue
                    told = json.loads(done.stdout)
                    self.assertEqual(list(told["seconds_at_work"]), named)
                    self.assertIn(told["bounded_by"], named)
                    for step in copied:
                        self.assertGreater(told["seconds_at_work"][step], 0, step)

    def test_summary_tells_the_steps_apart(self):
        done = self.fluxel("resize", self.clip_of(11), self.path("a.mkv"), "--scale", 2, "--device", "cuda", "--json",
                           "--codec", "ffv1")
        told = json.loads(done.stdout)
        self.assertEqual(list(told["seconds_at_work"]), ["decode", "upload", "resize", "download", "convert", "encode"])
        self.assertIn(told["bounded_by"], told["seconds_at_work"])
        self.assertEqual(told["processor"], self.info["cuda"][0]["name"])
        self.assertGreaterEqual(told["device_start_seconds"], 0)
        self.assertGreaterEqual(self.info["device_start_seconds"], 0)
        self.assertRegex(self.fluxel("info").stdout.decode(), r"\nstart    \d+\.\d\d s until CUDA is ready\n")

    def test_verify(self):
        """Every operation of the device against the definition."""
        told = {}
        for device in ("cpu", "cuda"):
            done = self.fluxel("verify", "--device", device, "--cases", 2, "--json")
            told[device] = json.loads(done.stdout)
            self.assertEqual(told[device]["equal"], "yes")
        self.assertEqual(told["cuda"]["backends"], ["cuda:0"])
        self.assertTrue(all("cuda" not in name for name in told["cpu"]["backends"]))
        hashes = {device: {o["operation"]: o["hash"] for o in t["operations"]} for device, t in told.items()}
        self.assertEqual(hashes["cuda"], hashes["cpu"])
        self.assertGreater(len(told["cuda"]["operations"]), 20)
        self.assertEqual(told["cuda"]["results"], told["cpu"]["results"])

    def decodable(self, source):
        """The clip, unless no device here decodes it."""
        probe = subprocess.run([FLUXEL, "resize", source, self.path("probe.mkv"), "--scale", "1", "--decode", "nvdec"],
                               stderr=subprocess.PIPE)
        if probe.returncode == 4:
            self.skipTest(probe.stderr.decode().strip())
        return source

    def test_surfaces_of_the_hardware_decoder(self):
        """They are NV12, and a resize of them is that of such frames, wherever it runs; other commands read them too."""
        coded = self.decodable(self.clip("ring-coded.mkv", *noisy("192x144"), "-frames:v", 11, *X264))
        plain = self.clip("ring-coded.nut", "-i", coded, "-pix_fmt", "nv12", "-c:v", "rawvideo")
        sums = []
        for source, decode in ((plain, "cpu"), (coded, "nvdec")):
            for device in ("cpu", "cuda"):
                md5 = self.path("a.md5")
                self.fluxel("resize", source, self.path("a.mkv"), "--size", "80x64", "--codec", "ffv1", "--device", device,
                            "--decode", decode, "--frame-md5", md5, "-y")
                sums.append(read_md5(md5))
        self.assertEqual(len(set(sums[0])), 11)
        self.assertEqual(sums[1:], sums[:1] * 3)
        lists = []
        for decode in ("cpu", "nvdec"):
            self.fluxel("track", coded, "-o", self.path("a.csv"), "--decode", decode, "-y")
            with open(self.path("a.csv"), "rb") as f:
                lists.append(f.read())
        self.assertEqual(*lists)

    def everywhere(self, command, source, *args):
        """Checksums by the CPU, by the device, and of surfaces by both; on the device no surface comes back."""
        sums = []
        for device, decode in (("cpu", "cpu"), ("cuda", "cpu"), ("cuda", "nvdec"), ("cpu", "nvdec")):
            md5 = self.path("a.md5")
            env = {"FLUXEL_SURFACES": "stay"} if device == "cuda" else {}
            self.fluxel(command, source, *args, "--device", device, "--decode", decode, "--frame-md5", md5, "-y",
                        env={**os.environ, **env})
            sums.append(read_md5(md5))
        self.assertEqual(sums[1:], sums[:1] * 3)
        self.assertEqual(len(set(sums[0])), len(sums[0]))
        return sums[0]

    def test_motion_in_surfaces(self):
        """Luma of 8 and 10 bits, of limited and full range, is measured where the decoder leaves it."""
        mask = self.clip("surfaces-mask.png", "-f", "lavfi", "-i", "color=white:size=192x144,drawbox=0:0:30:72:black:fill",
                         "-frames:v", 1, "-pix_fmt", "gray")
        for pixels, coder in (("yuv420p", ["libx264"]), ("yuv420p10le", ["libx265", "-x265-params", "log-level=none"])):
            told = []
            for color_range in ("tv", "pc"):
                with self.subTest(pixels=pixels, color_range=color_range):
                    coded = self.decodable(self.clip(
                        f"surfaces-{pixels}-{color_range}.mkv", *test_source("192x144", 25, 1), "-frames:v", 3,
                        "-vf", "scale=out_range=" + color_range, "-pix_fmt", pixels, "-c:v", *coder, "-preset", "ultrafast",
                        "-color_range", color_range))
                    self.assertEqual((video(coded)["color_range"], len(times(coded))), (color_range, 3))
                    fast = ["--quality", "fast"]
                    flow = self.everywhere("flow", coded, *fast, "-o", self.path("a%d.flo"))
                    self.assertEqual(len(flow), 2)
                    told.append(flow)
                    self.everywhere("flow", coded, *fast, "-o", self.path("a%d.png"), "--mask", mask, "--mask-invalid",
                                    "--range", "100:180" if color_range == "tv" else "auto")
                    points = self.everywhere("track", coded, "-o", self.path("a.csv"), "--max-corners", 40)
                    self.assertEqual(len(points), 3)
            self.assertNotEqual(*told)

    def test_drawings_of_surfaces(self):
        coded = self.decodable(self.clip("surfaces-drawn.mkv", *test_source("192x144", 25, 1), "-frames:v", 4, *X264))
        for command, args in (("flow", ["--quality", "fast", "-o"]), ("track", ["-o", self.path("a.csv"), "--draw"])):
            drawn = []
            for device, decode in (("cpu", "cpu"), ("cuda", "nvdec")):
                self.fluxel(command, coded, *args, self.path("a.mkv"), "--codec", "ffv1", "--device", device, "--decode",
                            decode, "-y")
                drawn.append(decoded_md5(self.path("a.mkv")))
            self.assertEqual(*drawn)

    def test_surfaces_are_stabilized(self):
        coded = self.decodable(self.clip("surfaces-steady.mkv", *test_source("192x144", 25, 1), "-frames:v", 12, "-vf",
                                         "crop=160:120:16+8*sin(n*1.7):12+6*sin(n*2.3)", *X264))
        plain = self.clip("surfaces-steady.nut", "-i", coded, "-pix_fmt", "nv12", "-c:v", "rawvideo")
        for crop in ("auto", "none", "fill"):
            sums = []
            for source, device, decode in ((plain, "cpu", "cpu"), (plain, "cuda", "cpu"), (coded, "cuda", "nvdec")):
                env = {"FLUXEL_SURFACES": "stay"} if device == "cuda" else {}
                self.fluxel("stabilize", source, self.path("a.mkv"), "--crop", crop, "--smoothing", 2, "--codec", "ffv1",
                            "--device", device, "--decode", decode, "--frame-md5", self.path("a.md5"), "-y",
                            env={**os.environ, **env})
                sums.append(read_md5(self.path("a.md5")))
            self.assertEqual(len(set(sums[0])), 12)
            self.assertEqual(sums[1:], sums[:1] * 2, crop)

    def test_surfaces_of_another_device(self):
        coded = self.decodable(self.clip("surfaces-drawn.mkv", *test_source("192x144", 25, 1), "-frames:v", 4, *X264))
        if "EMULATION" not in " ".join(os.environ):
            self.skipTest("NOT RUN: needs a stand-in for a decoder of another device")
        sums = []
        for decode in ("cpu", "nvdec:1"):
            self.fluxel("flow", coded, "--quality", "fast", "-o", self.path("a%d.flo"), "--device", "cuda", "--decode",
                        decode, "--frame-md5", self.path("a.md5"), "-y")
            sums.append(read_md5(self.path("a.md5")))
        self.assertEqual(*sums)
        env = {**os.environ, "FLUXEL_SURFACES": "stay"}
        done = self.fluxel("flow", coded, "-o", self.path("b%d.flo"), "--device", "cuda", "--decode", "nvdec:1", env=env,
                           code=70)
        self.assertIn("a surface is copied to the host", done.text)


if __name__ == "__main__":
    unittest.main()
