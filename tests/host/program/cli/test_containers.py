# SPDX-License-Identifier: Apache-2.0
"""Every container with every kind of time, with and without sound: the same streams, frames, times and durations as
ffmpeg writes with the same encoder."""

import os
import subprocess
import unittest

from support import *

# The ending, the encoder, its options, and whether frames have times of their own there, or those of a constant rate.
X = ("libx264", ["preset=ultrafast"])
CONTAINERS = {
    "mp4": (*X, "exact"), "mov": (*X, "exact"), "mkv": (*X, "exact"), "ts": (*X, "exact"), "flv": (*X, "exact"),
    "m4v": (*X, "exact"), "3gp": (*X, "exact"), "webm": ("libvpx", ["deadline=realtime", "cpu-used=8"], "exact"),
    "nut": ("mpeg4", [], "rounded"), "wmv": ("wmv2", [], "rounded"), "avi": ("mpeg4", [], "constant"),
    "mpg": ("mpeg2video", [], "constant"), "ogv": ("libtheora", ["q=7"], "constant"), "y4m": ("", [], "constant"),
}
KINDS = ["constant", "variable", "bframes", "edit list", "negative start", "interlaced"]
TICK = {"flv": .001, "mkv": .001, "webm": .001, "wmv": .001}  # seconds; finer elsewhere
RATE = 25


class Containers(Case):
    def source(self, kind, sound):
        audio = [*sine(1), "-c:a", "aac"] if sound else ["-an"]
        name = kind.replace(" ", "_") + ("_sound" if sound else "")
        pictures = test_source("64x48", RATE)
        encode = [*X264, "-shortest"]
        if kind == "variable":
            return self.clip(name + ".mkv", *pictures, *audio[:4 if sound else 0], "-vf",
                             "select='not(eq(mod(n,7),3))',settb=1/1000,setpts='PTS+9*mod(N,3)'", "-fps_mode",
                             "passthrough", "-enc_time_base", "1/1000", *encode, *audio[-2 if sound else -1:])
        if kind == "interlaced":
            encode += ["-flags", "+ildct+ilme", "-x264-params", "tff=1"]
        whole = self.clip(name + "_whole.mp4", *pictures, *audio[:4 if sound else 0], *encode, "-bf",
                          0 if kind in ("constant", "interlaced") else 2, "-g", 10, *audio[-2 if sound else -1:])
        if kind == "edit list":
            return self.clip(name + ".mp4", "-ss", 0.3, "-i", whole, "-c", "copy")
        if kind == "negative start":
            # Half a second before the clock of MPEG-TS runs over: FFmpeg reads times below zero.
            return self.clip(name + ".ts", "-i", whole, "-c", "copy", "-muxdelay", 0, "-muxpreload", 0,
                             "-output_ts_offset", 2 ** 33 / 90000 - 0.5)
        return whole

    def describe(self, path):
        """Of each stream: type and codec, the number of frames or packets, and their sorted times in seconds from the
        first picture. Pictures are counted as frames: program streams and Ogg do not time all of them."""
        found = probe(path, "-show_streams", "-show_packets", "-show_frames", "-show_entries",
                      "packet=stream_index,pts_time,dts_time:stream=index,codec_type,codec_name:"
                      "frame=stream_index,media_type,best_effort_timestamp_time")
        mixed = found.get("packets_and_frames", [])
        kinds = [(s["codec_type"], s["codec_name"]) for s in found["streams"]]
        times = [[] for _ in kinds]
        counts = [0 for _ in kinds]
        for p in mixed:
            picture = kinds[p["stream_index"]][0] == "video"
            time = p.get("best_effort_timestamp_time") if picture else p.get("pts_time")
            if (p["type"] == "frame") != picture:
                continue
            counts[p["stream_index"]] += 1
            if time is not None:
                times[p["stream_index"]].append(float(time))
        start = min(times[[k for k, _ in kinds].index("video")])
        return kinds, counts, [sorted(t - start for t in list) for list in times]

    def reference(self, source, ours, container, target):
        codec, options, rule = CONTAINERS[container]
        encoder = ["-c:v", codec] if codec else ["-pix_fmt", "yuv420p"]
        for option in options:
            key, value = option.split("=")
            encoder += ["-" + key, value]
        mode = {"exact": ["-fps_mode", "passthrough", "-enc_time_base", -1], "rounded": ["-fps_mode", "vfr"],
                "constant": ["-fps_mode", "cfr"]}[rule]
        copied = ("audio", "aac") in ours
        ffmpeg("-i", source, "-map", 0, "-s", "32x24", *encoder, *mode, *(["-c:a", "copy"] if copied else []),
               *(["-f", "yuv4mpegpipe", "-an"] if container == "y4m" else []), target)

    def compare(self, container, kind, sound):
        source = self.source(kind, sound)
        ours, theirs = self.path("a." + container), self.path("b." + container)
        codec, options, rule = CONTAINERS[container]
        arguments = ["--codec", codec] if codec else []
        for option in options:
            arguments += ["--codec-opt", option]
        done = self.resize(source, ours, "--size", "32x24", "-y", *arguments)
        kinds, counts, times = self.describe(ours)
        self.reference(source, kinds, container, theirs)
        other_kinds, other_counts, other_times = self.describe(theirs)
        self.assertEqual([k for k, _ in kinds], [k for k, _ in other_kinds], done.text)
        self.assertEqual(kinds[0], other_kinds[0])
        tick = TICK.get(container, 1e-4) + 1e-6
        # Frames between two ticks may go either way: uneven ones, and all where sound begins half a tick before them.
        between = rule != "exact" and (kind == "variable" or (kind == "negative start" and sound))
        for (type, codec), count, other, a, b in zip(kinds, counts, other_counts, times, other_times):
            if type == "video" and codec != "theora" and (between or count != len(a)):
                self.assertAlmostEqual(count, other, delta=2 if between else 0)
                self.assertAlmostEqual(a[-1], b[-1], delta=2.5 / RATE)
            elif codec == "theora":
                # The encoder writes pictures that look like the one before as nothing, and no decoder counts those.
                self.assertAlmostEqual(a[-1], b[-1], delta=0.25)
            elif type == "video":
                self.assertEqual(count, other)
                self.assertTrue(all(abs(x - y) <= tick for x, y in zip(a, b)), (a, b))
            elif codec == "aac":
                self.assertEqual(len(a), len(b))
                self.assertTrue(all(abs(x - y) <= tick + 1 / RATE for x, y in zip(a, b)), (a, b))
            else:
                self.assertAlmostEqual(a[0], b[0], delta=0.06)
                self.assertAlmostEqual(a[-1], b[-1], delta=0.06)
        if kind == "variable" and rule == "exact":
            wanted = self.describe(source)[2][0]
            self.assertTrue(all(abs(x - y) <= tick + 0.0005 for x, y in zip(times[0], wanted)), (times[0], wanted))


def add_test(container, kind, sound):
    name = f"test_{container}_{kind.replace(' ', '_')}_{'with' if sound else 'without'}_sound"
    setattr(Containers, name, lambda self: self.compare(container, kind, sound))


for container in CONTAINERS:
    for kind in KINDS:
        for sound in (True, False):
            add_test(container, kind, sound)

if __name__ == "__main__":
    unittest.main()
