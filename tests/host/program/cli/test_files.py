# SPDX-License-Identifier: Apache-2.0
"""Exit codes, messages, and what happens to files."""

import os
import resource
import signal
import stat
import subprocess
import threading
import time
import unittest

from support import *


class Files(Case):
    def talk(self):
        return self.clip("talk.mp4", *test_source(seconds=2), *sine(2), *X264, "-c:a", "aac", "-shortest")

    def refuse(self, code, words, *args, **kwargs):
        done = self.fluxel(*args, code=code, **kwargs)
        self.assert_one_line(done)
        self.assertIn(words, done.text)

    def test_usage(self):
        source, out = self.talk(), self.path("a.mp4")
        for words, args in [("did you mean bilinear?", ["--scale", "1", "--filter", "bilinaer"]),
                            ("did you mean --size?", ["--siez", "10x10"]),
                            ("cannot be 0", ["--size", "0x100"]), ("WIDTHxHEIGHT", ["--size", "100"]),
                            ("--scale", ["--scale", "0"]), ("--scale", ["--scale", "big"]), ("say how large", []),
                            ("--device", ["--scale", "1", "--device", "gpu"]),
                            ("did you mean libx264?", ["--scale", "1", "--codec", "libx246"]),
                            ("prest: libx264 has no such option", ["--scale", "1", "--codec-opt", "prest=slow"]),
                            ("not a time", ["--scale", "1", "--start", "soon"]),
                            ("end after --start", ["--scale", "1", "--start", "1", "--to", "0.5"]),
                            ("--crf", ["--scale", "1", "--codec", "mpeg4", "--crf", "20"]),
                            ("--crf low: not a number", ["--scale", "1", "--crf", "low"]),
                            ("--rate goes with a sequence", ["--scale", "1", "--rate", "10"])]:
            self.refuse(2, words, "resize", source, out, *args)
        self.refuse(2, "does not say which kind", "resize", source, self.path("a.xyz"), "--scale", 1)
        self.refuse(2, "cannot hold h264", "resize", source, self.path("a.webm"), "--scale", 1, "--codec", "h264")
        self.refuse(2, "hold no pictures", "resize", source, self.path("a.mp3"), "--scale", 1)
        self.refuse(2, "did you mean resize?", "resise")
        self.refuse(2, "all: not expected here", "info", "all")
        self.refuse(2, "--rate fast: write frames per second", "resize", self.path("f%d.png"), out, "--scale", 1, "--rate",
                    "fast")
        self.assertEqual(os.listdir(self.folder), [])

    def test_input(self):
        self.refuse(3, "no such file", "resize", self.path("none.mp4"), self.path("a.mp4"), "--scale", 1)
        with open(self.path("text.mp4"), "w") as f:
            f.write("This is not a video.\n" * 100)
        self.refuse(3, "not a video", "resize", self.path("text.mp4"), self.path("a.mp4"), "--scale", 1)
        self.refuse(3, "no file of this sequence", "resize", self.path("f%d.png"), self.path("a.mp4"), "--scale", 1)
        sound = self.clip("sound.m4a", *sine(), "-c:a", "aac")
        self.refuse(3, "has no video", "resize", sound, self.path("a.mp4"), "--scale", 1)
        self.refuse(3, "no frame in the chosen part", "resize", self.talk(), self.path("a.mp4"), "--scale", 1,
                    "--start", 50)

    def test_a_pipe_cannot_seek(self):
        with open(self.talk(), "rb") as f:
            done = self.fluxel("resize", "-", self.path("a.mp4"), "--scale", 1, code=3, stdin=f.read())
        self.assertIn("name the file instead", done.text)

    def test_no_device(self):
        for args in (["resize", self.talk(), self.path("a.mp4"), "--scale", 1],
                     ["flow", self.talk(), "-o", self.path("a.mp4")], ["track", self.talk(), "-o", self.path("a.csv")]):
            for device in ("cuda", "cuda:1"):
                self.refuse(4, f"--device {device}: no CUDA device", *args, "--device", device,
                            env={**os.environ, "FLUXEL_DEVICE": "cpu"})

    def test_hardware_decoding_says_why_not(self):
        self.refuse(2, "--decode gpu: choose cpu, nvdec or nvdec:N", "resize", self.talk(), self.path("a.mp4"), "--scale",
                    1, "--decode", "gpu")
        lossless = self.clip("lossless-by-hand.mkv", *test_source("32x24"), "-frames:v", 2, "-c:v", "ffv1")
        self.refuse(4, "--decode nvdec: this FFmpeg does not decode ffv1 on a CUDA device; use --decode cpu", "resize",
                    lossless, self.path("a.mp4"), "--scale", 1, "--decode", "nvdec")
        if b"cuda:0" in self.fluxel("info").stdout:
            self.skipTest("there is a device")
        for command in (["resize", self.talk(), self.path("a.mp4"), "--scale", 1],
                        ["flow", self.talk(), "-o", self.path("a.mp4")], ["track", self.talk(), "-o", self.path("a.csv")]):
            self.refuse(4, "--decode nvdec: no CUDA device (", *command, "--decode", "nvdec")

    def test_an_unknown_instruction_set(self):
        environment = {**os.environ, "FLUXEL_CPU": "avx9", "FLUXEL_DEVICE": "cpu"}
        problem = 'FLUXEL_CPU: is "avx9" in the environment; must be one of '
        self.refuse(2, problem, "resize", self.talk(), self.path("a.mp4"), "--scale", 1, env=environment)
        self.refuse(2, problem, "flow", self.talk(), "-o", self.path("a.mp4"), env=environment)
        self.assertIn("CPU      none: cpu_target: " + problem,
                      self.fluxel("info", env=environment).stdout.decode())

    def test_odd_size(self):
        self.refuse(5, "try --size 80x60, or 1280x-2", "resize", self.talk(), self.path("a.mp4"), "--size", "81x61")

    def test_information(self):
        done = self.fluxel("info")
        for word in ["FFmpeg", "CPU", "cuda" if b"cuda:0" in done.stdout else "CUDA", "resize_bilinear"]:
            self.assertIn(word, done.stdout.decode())
        self.assertRegex(self.fluxel("--version").stdout.decode(), r"^fluxel \d+\.\d+\.\d+\n$")
        self.assertIn("fluxel resize in.mp4 out.mp4", self.fluxel("resize", "--help").stdout.decode())
        self.assertIn("resize", self.fluxel("--help").stdout.decode())

    def test_existing_files(self):
        source, target = self.talk(), self.path("a.mp4")
        with open(target, "w") as f:
            f.write("mine")
        os.chmod(target, 0o640)
        for args in [[], ["-n"]]:
            done = self.resize(source, target, "--scale", "0.5", *args, code=5, stdin=b"y\n")
            self.assertIn("exists", done.text)
            with open(target) as f:
                self.assertEqual(f.read(), "mine")
        self.resize(source, target, "--scale", "0.5", "-y", *FAST)
        self.assertEqual(size(target), (80, 60))
        self.assertEqual(stat.S_IMODE(os.stat(target).st_mode), 0o640)

    def test_failures_leave_an_existing_file(self):
        target = self.path("a.mp4")
        with open(target, "w") as f:
            f.write("mine")

        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        done = self.resize(self.talk(), target, "--scale", "2", "-y", code=5, preexec_fn=small_disk)
        self.assertIn("cannot write", done.text)
        done = self.resize(self.talk(), self.path("f%d.bmp"), "--scale", "2", code=5, preexec_fn=small_disk)
        self.resize(self.talk(), target, "--size", "81x61", "-y", code=5)
        with open(target) as f:
            self.assertEqual(f.read(), "mine")
        self.assertEqual(os.listdir(self.folder), ["a.mp4"])

    def test_full_device(self):
        self.assertIn("No space left on device", self.resize(self.talk(), "/dev/full", "--scale", 1, code=5).text)
        self.resize(self.talk(), self.path("a.mp4"), "--scale", 1, "--frame-md5", "/dev/full", code=5)
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_input_is_never_the_output(self):
        target = self.path("a.mp4")
        os.link(self.talk(), target)
        os.symlink(target, self.path("link.mp4"))
        for name in [target, self.path("link.mp4"), self.path("./a.mp4")]:
            self.refuse(2, "is the input itself", "resize", target, name, "--scale", 1, "-y")

    def test_symlinks_are_followed(self):
        os.mkdir(self.path("there"))
        os.symlink("there/real.mp4", self.path("link.mp4"))
        for _ in range(2):
            self.resize(self.talk(), self.path("link.mp4"), "--scale", "0.5", "-y", *FAST)
            self.assertTrue(os.path.islink(self.path("link.mp4")))
            self.assertEqual(size(self.path("there/real.mp4")), (80, 60))
        self.assertEqual(os.listdir(self.path("there")), ["real.mp4"])

    def test_fifo(self):
        os.mkfifo(self.path("fifo"))
        got = []

        def read():
            with open(self.path("fifo"), "rb") as f:
                got.append(f.read())

        reader = threading.Thread(target=read)
        reader.start()
        self.resize(self.talk(), self.path("fifo"), "--size", "80x60")
        reader.join()
        self.assertTrue(got[0].startswith(b"YUV4MPEG2 W80 H60"))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("fifo")).st_mode))

    def test_closed_pipe(self):
        p = subprocess.Popen([FLUXEL, "resize", self.talk(), "-", "--scale", "4"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        p.stdout.read(10)
        p.stdout.close()
        self.assertIn(b"Broken pipe", p.stderr.read())
        p.stderr.close()
        self.assertEqual(p.wait(20), 5)

    def test_damaged_input(self):
        source = self.clip("clean.avi", *test_source(seconds=2), "-c:v", "mpeg4", "-g", 10)
        with open(source, "rb") as f:
            data = bytearray(f.read())
        for at in range(20000, len(data) - 20000, 3000):
            data[at:at + 200] = bytes(200)
        with open(self.path("bad.avi"), "wb") as f:
            f.write(data)
        done = self.resize(self.path("bad.avi"), self.path("a.mkv"), "--scale", 1, "--allow-damaged", *FAST)
        self.assertRegex(done.text, r"is damaged: \d+ decoding error")
        self.assertGreater(int(video(self.path("a.mkv"))["nb_read_frames"]), 20)

    def test_nothing_decodable(self):
        with open(self.talk(), "rb") as f:
            data = bytearray(f.read())
        start = data.index(b"mdat") + 4
        data[start:data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - start)
        with open(self.path("bad.mp4"), "wb") as f:
            f.write(data)
        self.refuse(3, "could be decoded", "resize", self.path("bad.mp4"), self.path("a.mp4"), "--scale", 1)
        self.assertEqual(os.listdir(self.folder), ["bad.mp4"])

    def interrupt(self, which, source, stdin, *args):
        with open(self.path("a.mp4"), "w") as f:
            f.write("mine")
        p = subprocess.Popen([FLUXEL, "resize", source, self.path("a.mp4"), "-y", *args], stdin=stdin,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while not any(f.startswith(".fluxel") for f in os.listdir(self.folder)) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        before = time.monotonic()
        p.send_signal(which)
        p.communicate(timeout=20)
        self.assertEqual(p.returncode, -which)
        self.assertLess(time.monotonic() - before, 5)
        self.assertEqual(os.listdir(self.folder), ["a.mp4"])
        with open(self.path("a.mp4")) as f:
            self.assertEqual(f.read(), "mine")

    def test_interrupted_while_working(self):
        long = self.clip("long.mp4", *test_source("640x360", 25, 20), *X264)
        self.interrupt(signal.SIGINT, long, subprocess.DEVNULL, "--scale", "3", "--filter", "lanczos3")

    def test_interrupted_while_waiting(self):
        out, into = os.pipe()
        os.write(into, b"YUV4MPEG2 W16 H16 F25:1\n")
        self.interrupt(signal.SIGTERM, "-", out, "--scale", "2")
        os.close(into)
        os.close(out)


if __name__ == "__main__":
    unittest.main()
