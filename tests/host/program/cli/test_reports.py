# SPDX-License-Identifier: Apache-2.0
"""What the program says: progress, summaries, JSON, and pointers for those who come from other programs."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from support import *


class Reports(Case):
    def talk(self):
        return self.clip("talk.mp4", *test_source(seconds=2), *sine(2), *X264, "-c:a", "aac", "-shortest")

    def test_the_summary_has_displayed_sizes(self):
        source = self.clip("pal.mkv", *test_source("720x576"), "-frames:v", 2, "-vf", "setsar=64/45", "-c:v", "ffv1")
        done = self.resize(source, self.path("a.mkv"), "--scale", 0.5)
        self.assertIn("2 frames, 1024x576 -> 512x288 (stored as 360x288),", done.text)
        done = self.resize(source, self.path("b.mkv"), "--size", "512x288", "--square-pixels")
        self.assertIn("2 frames, 1024x576 -> 512x288,", done.text)

    def test_json(self):
        done = self.resize(self.talk(), self.path('a "b".mp4'), "--size", "80x60", "--json", *FAST)
        found = json.loads(done.stdout)
        self.assertEqual((found["input"], found["output"]), (self.talk(), self.path('a "b".mp4')))
        self.assertEqual((found["frames"], found["notes"], found["damage"]), (50, [], ""))
        self.assertEqual(found["source"]["width"], 160)
        self.assertEqual(found["result"], {"width": 80, "height": 60, "displayed_width": 80, "displayed_height": 60})
        self.assertGreater(found["fps"], 0)
        self.assertTrue(found["processor"].startswith("CPU"))
        done = self.resize(self.talk(), "-", "--size", "80x60", "--json", code=2)
        self.assertIn("--json", done.text)
        done = self.resize(self.talk(), self.path("b.png"), "--size", "80x60", "--json", "--quiet")
        self.assertTrue(any("holds one picture" in note for note in json.loads(done.stdout)["notes"]))
        self.assertEqual(done.text, "")

    def test_information_as_json(self):
        found = json.loads(self.fluxel("info", "--json").stdout)
        self.assertEqual(found["bytes_revisions"]["resize_bilinear"], 2)
        self.assertIn(found["cpu"]["target"], found["cpu"]["targets"])
        self.assertIsInstance(found["cuda"], list)

    def test_progress_as_json(self):
        done = self.resize(self.talk(), self.path("a.png"), "--scale", 4, "--progress", "json")
        lines = [json.loads(line) for line in done.text.splitlines()]
        self.assertTrue(any("holds one picture" in line.get("note", "") for line in lines))
        self.assertEqual((lines[-1]["frames"], lines[-1]["done"]), (1, 1.0))
        self.assertIn("choose auto", self.resize(self.talk(), self.path("b.png"), "--scale", 1, "--progress", "dots",
                                                 code=2).text)
        self.assertEqual(self.resize(self.talk(), self.path("c.mp4"), "--scale", 1, "--progress", "none", *FAST).text, "")

    def on_a_terminal(self, columns):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        source = self.clip("long.mp4", *test_source("640x360", 25, 8), *X264)
        process = subprocess.Popen([FLUXEL, "resize", source, self.path("a.mp4"), "--scale", "2", "-y"], stderr=theirs)
        os.close(theirs)
        text = b""
        while True:
            try:
                read = os.read(ours, 4096)
            except OSError:
                break
            text += read
        os.close(ours)
        self.assertEqual(process.wait(60), 0)
        return [re.sub(r"\033\[K", "", part) for part in text.decode().split("\r") if " %" in part]

    def test_the_progress_line_fits_the_terminal(self):
        for columns, bar in [(40, False), (120, True)]:
            lines = self.on_a_terminal(columns)
            self.assertGreater(len(lines), 1)
            for line in lines:
                self.assertLess(len(line), columns, line)
                self.assertIn(" frames", line)
                self.assertEqual("[" in line, bar, line)

    def test_quiet_encoders(self):
        encoders = ffmpeg("-hide_banner", "-encoders").decode()
        for encoder, name in [("libx264", "a.mkv"), ("libx265", "a.mkv"), ("libsvtav1", "a.mkv"), ("libaom-av1", "a.mkv"),
                              ("librav1e", "a.mkv"), ("libvpx-vp9", "a.mkv"), ("libxvid", "a.avi"), ("libtheora", "a.ogv"),
                              ("libopenh264", "a.mkv"), ("libkvazaar", "a.mkv")]:
            if re.search(rf"^ V\S+ {encoder} ", encoders, re.M):
                with self.subTest(encoder):
                    done = self.resize(self.talk(), self.path(name), "--scale", 1, "--codec", encoder, "--quiet", "-y",
                                       "--duration", 0.2)
                    self.assertEqual((done.text, done.stdout), ("", b""))

    def test_pointers(self):
        for words, args in [("--size 1280x-2", ["--width", "640"]), ("--size -2x720", ["--height=480"]),
                            ("--size 1280x720", ["-s", "640x360"]), ("--no-audio", ["--size", "1x", "-an"]),
                            ("--codec", ["-c:v", "libx264"]), ("--fps", ["-r", "25"]), ("--duration", ["-t", "5"]),
                            ("fluxel resize IN OUT", ["-i", "x.mp4"]), ("did you mean --size?", ["--siez", "10x10"]),
                            ("did you mean libx265?", ["--scale", "1", "--codec", "h265"]),
                            ("did you mean libx264?", ["--scale", "1", "--codec", "x264"]),
                            ("libx264 takes 0 to 51", ["--scale", "1", "--crf", "99"]),
                            ("takes 0 to 63", ["--scale", "1", "--crf", "99", "--codec", "libvpx-vp9"])]:
            with self.subTest(args):
                done = self.fluxel("resize", self.talk(), self.path("a.mkv"), *args, code=2)
                self.assertIn(words, done.text)
                self.assert_one_line(done)

    def test_help(self):
        for command in ("resize", "flow", "info"):
            self.assertEqual(self.fluxel("help", command).stdout, self.fluxel(command, "--help").stdout)
        self.assertEqual(self.fluxel("help").stdout, self.fluxel("--help").stdout)
        self.assertIn("did you mean resize?", self.fluxel("help", "resise", code=2).text)


if __name__ == "__main__":
    unittest.main()
