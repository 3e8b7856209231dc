# SPDX-License-Identifier: Apache-2.0
"""When the frames of an output come: even and uneven rates, what containers and encoders can hold, animations."""

import os
import struct
import unittest

from support import *

# Seconds at which the frames of an uneven clip come: 50 per second, then a pause, then 10 per second, jittered.
UNEVEN = [i * 0.02 for i in range(30)] + [1.4 + i * 0.1 + 0.013 * (i % 3) for i in range(12)]


class Times(Case):
    def even(self):
        """25 frames per second with B frames and sound, as phones and editors write: the time base is 1/12800."""
        return self.clip("even.mp4", *test_source(seconds=2), *sine(2), *X264, "-bf", 2, "-c:a", "aac")

    def uneven(self):
        """Frame number N is a plain gray of 20 + 5 N."""
        ticks = "+".join(f"eq(N,{i})*{round(t * 1000)}" for i, t in enumerate(UNEVEN))
        return self.clip("uneven.mkv", "-f", "lavfi", "-i",
                         f"color=size=16x16:rate=25:duration=2,trim=end_frame={len(UNEVEN)},format=gray,geq=lum='20+5*N',"
                         f"settb=1/1000,setpts='{ticks}'", *sine(3), "-vsync", "passthrough", "-enc_time_base",
                         "1/1000", "-c:v", "ffv1", "-c:a", "pcm_s16le")

    def frame_numbers(self, path):
        return [(pixel - 20) // 5 for pixel in raw(path, "-pix_fmt", "gray")[::256]]

    def assert_each_slot_is_due(self, numbers, rate):
        """Every slot of a constant rate shows a frame whose time is within a slot, before the next frame is due."""
        self.assertEqual(numbers, sorted(numbers))
        for slot, n in enumerate(numbers):
            time, after = UNEVEN[n], UNEVEN[n + 1] if n + 1 < len(UNEVEN) else 1e9
            self.assertTrue(time - 1 / rate < slot / rate < after + 1 / rate, (slot, n))

    def test_constant_rates_keep_in_step(self):
        for name, options in [("a.avi", ["--codec", "ffv1"]), ("a.y4m", []), ("a.nut", ["--codec", "ffv1", "--fps", 25])]:
            done = self.resize(self.uneven(), self.path(name), "--scale", 1, *options)
            self.assertRegex(done.text, "at 25 frames per second, [0-9]+ left out and [0-9]+ repeated")
            numbers = self.frame_numbers(self.path(name))
            self.assert_each_slot_is_due(numbers, 25)
            ffmpeg("-i", self.uneven(), "-fps_mode", "cfr", "-r", 25, "-c:v", "ffv1", self.path("ffmpeg.mkv"))
            self.assertAlmostEqual(len(numbers), len(self.frame_numbers(self.path("ffmpeg.mkv"))), delta=2)

    def test_a_rate_on_purpose(self):
        for rate in ["10", "50", "30000/1001"]:
            self.resize(self.even(), self.path("a.mp4"), "--scale", "0.5", "--fps", rate, "-y", *FAST)
            ffmpeg("-i", self.even(), "-r", rate, *X264, self.path("b.mp4"))
            ours, theirs = video(self.path("a.mp4")), video(self.path("b.mp4"))
            self.assertEqual(ours["avg_frame_rate"], theirs["avg_frame_rate"])
            self.assertAlmostEqual(int(ours["nb_read_frames"]), int(theirs["nb_read_frames"]), delta=2)
            self.assertAlmostEqual(float(ours["duration"]), 2, delta=0.06)
        self.assertIn("--fps", self.resize(self.even(), self.path("c.mp4"), "--scale", 1, "--fps", "fast", code=2).text)

    def test_a_codec_that_keeps_the_times_is_chosen(self):
        source = self.clip("jitter.mp4", *test_source(), *sine(), "-vf", "settb=1/90000,setpts='N*3600+700*mod(N,3)'",
                           "-vsync", "passthrough", "-enc_time_base", "1/90000", "-video_track_timescale", 90000, *X264,
                           "-c:a", "aac")
        self.resize(source, self.path("a.ts"), "--scale", 1, *FAST)
        self.assertEqual(video(self.path("a.ts"))["codec_name"], "h264")
        first = times(self.path("a.ts"))[0]
        self.assertEqual([t - first for t in times(self.path("a.ts"))], [t - times(source)[0] for t in times(source)])
        odd = self.clip("odd.mp4", *test_source(rate="26777/1000"), *sine(), *X264, "-c:a", "aac")
        self.resize(odd, self.path("b.ts"), "--scale", 1, *FAST)
        self.assertEqual(video(self.path("b.ts"))["codec_name"], "h264")
        self.resize(self.even(), self.path("c.ts"), "--scale", 1)
        self.assertEqual(video(self.path("c.ts"))["codec_name"], "mpeg2video")

    def test_encoders_are_told_the_rate(self):
        """Not the tick of the input's clock: bit rates and headers are those of ffmpeg."""
        for name, codec in [("a.mp4", "mpeg4"), ("a.avi", "mpeg4"), ("a.ts", "mpeg2video"), ("a.m2v", "mpeg2video"),
                            ("a.h264", "libx264"), ("a.mkv", "mpeg1video"), ("a.flv", "flv")]:
            with self.subTest(name + " " + codec):
                self.resize(self.even(), self.path(name), "--scale", 1, "--codec", codec, "--codec-opt", "b=200k", "-y")
                other = self.path("ffmpeg-" + name)
                ffmpeg("-i", self.even(), "-c:v", codec, "-b:v", "200k", "-c:a", "copy" if name != "a.flv" else "aac", other)
                for key in ["r_frame_rate", "avg_frame_rate", "nb_read_frames"]:
                    self.assertEqual(video(self.path(name))[key], video(other)[key], key)
                self.assertEqual(decoded_md5(self.path(name)), decoded_md5(other))

    def test_a_start_between_key_frames(self):
        """Where containers have no index of key frames, clocks begin anywhere, and audio lies between."""
        encode = {"libx264": [*X264, "-bf", 2, "-g", 40], "mpeg2video": ["-c:v", "mpeg2video", "-bf", 2, "-g", 60]}
        for codec, name, args in [("libx264", "a.ts", ["-output_ts_offset", 100]), ("libx264", "b.ts", []),
                                  ("mpeg2video", "c.ts", ["-output_ts_offset", 7]), ("mpeg2video", "d.mpg", []),
                                  ("libx264", "e.mkv", []), ("libx264", "f.mp4", []), ("libx264", "g.flv", [])]:
            sound = ["-c:a", "mp2" if codec == "mpeg2video" else "aac"]
            source = self.clip(name, *test_source("64x48", seconds=6), *sine(6), *encode[codec], *sound, *args)
            self.resize(source, self.path("a.mkv"), "-y", "--size", "32x24", "--codec", "ffv1", "--no-audio",
                        "--frame-md5", self.path("whole"))
            whole = read_md5(self.path("whole"))
            for start in (0.5, 1.9, 2.5, 5.1):
                self.resize(source, self.path("a.mkv"), "-y", "--size", "32x24", "--codec", "ffv1", "--no-audio",
                            "--start", start, "--frame-md5", self.path("part"))
                part = read_md5(self.path("part"))
                self.assertEqual(part, whole[-len(part):], (name, start))
                # The clock of the file begins with its first packet, which may be one of sound.
                self.assertAlmostEqual(len(part), 150 - 25 * start, delta=2, msg=(name, start))

    def joined(self, name, offsets):
        """Clips of a second whose clocks begin at these seconds, one after the other in one file."""
        path = self.path(name)
        with open(path, "wb") as whole:
            for offset in offsets:
                part = self.clip(f"{offset}-{name}", *test_source("64x48"), *sine(1), "-output_ts_offset", offset,
                                 "-c:v", "mpeg2video", "-bf", 2, "-c:a", "mp2", "-shortest")
                with open(part, "rb") as f:
                    whole.write(f.read())
        return path

    def test_times_go_on_where_the_clock_starts_again(self):
        """As in recordings that were joined, or interrupted by an advertisement; sound stays beside its pictures."""
        for name in ["a.ts", "a.mpg"]:
            for offsets in [[0, 0, 0], [20, 5000, 21], [9000, 3, 3]]:
                with self.subTest(name, offsets=offsets):
                    source = self.joined(name, offsets)
                    self.resize(source, self.path("a.mkv"), "--scale", 1, "-y", *FAST)
                    pictures = times(self.path("a.mkv"))
                    self.assertGreaterEqual(len(pictures), 73)  # a decoder may lose one where clips meet
                    steps = [b - a for a, b in zip(pictures, pictures[1:])]
                    self.assertGreaterEqual(min(steps), 39)
                    self.assertLessEqual(max(steps), 240)
                    self.assertLess(pictures[-1], 3400)
                    sound = [round(1000 * t) for t, _, _ in packets(self.path("a.mkv"), "a:0")]
                    self.assertAlmostEqual(sound[-1], pictures[-1], delta=150)
                    self.assertGreaterEqual(min(b - a for a, b in zip(sound, sound[1:])), 20)

    def test_a_pause_is_no_leap_of_the_clock(self):
        source = self.clip("pause.ts", *test_source("64x48", seconds=2), *sine(8), "-vf",
                           "setpts='if(gte(N,25),PTS+6/TB,PTS)'", "-vsync", "passthrough", *X264, "-c:a", "mp2")
        self.resize(source, self.path("a.mkv"), "--scale", 1, *FAST)
        self.assertAlmostEqual(times(self.path("a.mkv"))[-1] - times(self.path("a.mkv"))[0], 7960, delta=2)

    def test_the_last_picture_of_a_coarse_clock(self):
        """QuickTime counts in 1/600 s, and FFmpeg does not tell how long reordered pictures last there."""
        source = self.clip("coarse.mov", *test_source("64x48"), *X264, "-bf", 2, "-video_track_timescale", 600)
        for name in ["a.mov", "a.mp4", "a.mkv"]:
            self.resize(source, self.path(name), "--scale", 1, *FAST)
            self.assertAlmostEqual(float(probe(self.path(name), "-show_format")["format"]["duration"]), 1, delta=0.002)

    def test_even_times_are_not_called_uneven(self):
        source = self.clip("even.ts", *test_source(), *X264, "-bf", 2)
        for name in ["a.avi", "a.y4m", "a.ts", "a.mp4"]:
            self.assertNotIn("uneven", self.resize(source, self.path(name), "--scale", 1).text)
            self.assertEqual(video(self.path(name))["nb_read_frames"], "25")

    def test_an_avi_with_empty_slots(self):
        source = self.clip("slots.avi", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=15:duration=4,"
                           "select='not(mod(n,7))'", "-r", "1000000/66667", "-fps_mode", "vfr", "-c:v", "cinepak")
        self.resize(source, self.path("a.avi"), "--scale", 1)
        v = video(self.path("a.avi"))
        self.assertEqual(v["avg_frame_rate"], "15/1")
        self.assertAlmostEqual(float(v["duration"]), float(video(source)["duration"]), delta=0.1)

    def test_copied_sound_in_avi(self):
        for codec in ["ac3", "libmp3lame", "pcm_s16le", "aac"]:
            source = self.clip(f"{codec}.avi", *test_source(seconds=2), *sine(2), "-c:v", "mpeg4", "-c:a", codec)
            self.resize(source, self.path("a.avi"), "--scale", "0.5", "-y")
            ffmpeg("-i", source, "-s", "80x60", "-c:v", "mpeg4", "-c:a", "copy", self.path("b.avi"))
            self.assertEqual(packets(self.path("a.avi"), "a:0"), packets(self.path("b.avi"), "a:0"), codec)


class Animations(Case):
    DELAYS = [10, 20, 5, 40, 100]  # hundredths of a second

    def animation(self, name, *options):
        ticks = [sum(self.DELAYS[:i]) for i in range(5)]
        frames = "+".join(f"eq(N,{i})*{t}" for i, t in enumerate(ticks))
        boxes = "if(between(X,8+6*N,28+6*N)*between(Y,10,38),{},0)"
        return self.clip(name, "-f", "lavfi", "-i",
                         f"color=size=64x48:rate=25,trim=end_frame=5,format=rgba,geq=r='{boxes.format(250)}'"
                         f":g='{boxes.format('50*N')}':b=0:a='{boxes.format(255)}',settb=1/100,setpts='{frames}'"
                         + (",split[a][b];[a]palettegen[p];[b][p]paletteuse" if name.endswith("gif") else ""),
                         "-vsync", "passthrough", "-enc_time_base", "1/100", *options)

    def gif_delays(self, path):
        with open(path, "rb") as f:
            data = f.read()
        return [struct.unpack("<H", data[i + 4:i + 6])[0] for i in range(len(data) - 8)
                if data[i:i + 3] == b"\x21\xf9\x04" and data[i + 7] == 0]

    def gif_loop(self, path):
        with open(path, "rb") as f:
            data = f.read()
        at = data.find(b"NETSCAPE2.0\x03\x01")
        return None if at < 0 else struct.unpack("<H", data[at + 13:at + 15])[0]

    def test_gif(self):
        for loop in [0, 3, -1]:
            source = self.animation(f"loop{loop}.gif", "-loop", loop, "-final_delay", 100)
            self.assertEqual(self.gif_delays(source), self.DELAYS)
            self.resize(source, self.path("a.gif"), "--scale", 2, "-y")
            self.assertEqual(self.gif_delays(self.path("a.gif")), self.DELAYS)
            self.assertEqual(self.gif_loop(self.path("a.gif")), None if loop < 0 else loop)
            pixels = raw(self.path("a.gif"), "-pix_fmt", "rgba")
            for i in range(5):
                frame = pixels[i * 128 * 96 * 4:]
                self.assertEqual(frame[3], 0)  # the corner is transparent
                at = (48 * 128 + 36 + 12 * i) * 4
                self.assertEqual((frame[at + 3], frame[at + 2]), (255, 0))
                self.assertTrue(abs(frame[at] - 250) < 6 and abs(frame[at + 1] - 50 * i) < 6, (i, frame[at:at + 4]))

    def test_apng(self):
        source = self.animation("a.apng", "-plays", 3, "-final_delay", "1")
        self.resize(source, self.path("a.apng"), "--scale", 2)
        for path in [source, self.path("a.apng")]:
            with open(path, "rb") as f:
                data = f.read()
            delays = [struct.unpack(">HH", data[i + 24:i + 28]) for i in range(len(data)) if data[i:i + 4] == b"fcTL"]
            self.assertEqual([round(100 * a / b) for a, b in delays], self.DELAYS)
            at = data.find(b"acTL")
            self.assertEqual(struct.unpack(">II", data[at + 4:at + 12]), (5, 3))

    def test_from_one_animation_to_another(self):
        source = self.animation("b.gif", "-loop", 3, "-final_delay", 100)
        self.resize(source, self.path("b.apng"), "--scale", 1)
        with open(self.path("b.apng"), "rb") as f:
            data = f.read()
        self.assertEqual(struct.unpack(">I", data[data.find(b"acTL") + 8:][:4]), (4,))  # once, and three times more
        self.resize(self.path("b.apng"), self.path("c.gif"), "--scale", 1)
        self.assertEqual((self.gif_loop(self.path("c.gif")), self.gif_delays(self.path("c.gif"))), (3, self.DELAYS))

    def test_a_palette_for_each_picture(self):
        source = self.clip("photo.mp4", "-f", "lavfi", "-i", "gradients=size=64x48:rate=5:duration=1:c0=red:c1=teal",
                           "-c:v", "libx264", "-qp", 0)
        self.resize(source, self.path("a.gif"), "--scale", 1)
        ffmpeg("-i", source, "-lavfi", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1",
               self.path("b.gif"))

        def error(path):
            ours, wanted = raw(path, "-pix_fmt", "rgb24"), raw(source, "-pix_fmt", "rgb24")
            return sum(abs(a - b) for a, b in zip(ours, wanted)) / len(wanted)

        self.assertLess(error(self.path("a.gif")), error(self.path("b.gif")) + 0.5)


if __name__ == "__main__":
    unittest.main()
