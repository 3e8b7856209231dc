# SPDX-License-Identifier: Apache-2.0
"""Sound, subtitles, chapters, metadata, times, shape, orientation and color survive a resize."""

import os
import unittest

from support import *


def since_first(times):
    """Matroska has no negative times: it moves everything by the encoder's delay of the sound (23 ms)."""
    return [t - times[0] for t in times]


class Streams(Case):
    def talk(self):
        return self.clip("talk.mp4", *test_source(seconds=2), *sine(2), *X264, "-bf", 2, "-c:a", "aac", "-shortest")

    def uneven(self):
        return self.clip("uneven.mp4", *test_source(seconds=2), *sine(2), "-vf",
                         "settb=1/90000,setpts='(N*3600+1300*mod(N,3)+5000*gt(N,20))'", "-vsync", "passthrough",
                         "-enc_time_base", "1/90000", "-video_track_timescale", 90000, *X264, "-bf", 2, "-c:a", "aac")

    def rich(self, name):
        notes = os.path.join(self.clips, "notes.txt")
        with open(notes, "w") as f:
            f.write(";FFMETADATA1\ntitle=A Title\nartist=Someone\n"
                    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=800\ntitle=One\n"
                    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=800\nEND=2000\ntitle=Two\n")
        words = os.path.join(self.clips, "words.srt")
        with open(words, "w") as f:
            f.write("1\n00:00:00,200 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,800\nGoodbye\n")
        return self.clip(name, *test_source(seconds=2), *sine(2), "-i", words, "-i", notes, "-map", 0, "-map", 1,
                         "-map", 2, "-map_metadata", 3, *X264, "-c:a", "aac", "-c:s",
                         "mov_text" if name.endswith("mp4") else "srt", "-metadata:s:a:0", "language=fra",
                         "-metadata:s:s:0", "language=deu")

    def test_count_duration_size_and_sound(self):
        source = self.talk()
        for name in ["a.mp4", "a.mkv", "a.mov"]:
            target = self.path(name)
            self.resize(source, target, "--size", "80x60", *FAST)
            self.assertEqual(size(target), (80, 60))
            self.assertEqual(video(target)["nb_read_frames"], "50")
            self.assertEqual(since_first(times(target)), since_first(times(source)))
            self.assertEqual([p[1:] for p in packets(target, "a:0")], [p[1:] for p in packets(source, "a:0")])
            self.assertAlmostEqual(float(probe(target, "-show_format")["format"]["duration"]), 2.0, delta=0.03)

    def test_uneven_times_survive(self):
        source = self.uneven()
        self.assertGreater(len(set(b - a for a, b in zip(times(source), times(source)[1:]))), 2)
        for name in ["a.mp4", "a.mkv"]:
            target = self.path(name)
            self.resize(source, target, "--scale", "0.5", *FAST)
            self.assertEqual(since_first(times(target)), since_first(times(source)))

    def test_uneven_times_are_mentioned_where_they_cannot_be_kept(self):
        done = self.resize(self.uneven(), self.path("a.avi"), "--scale", "0.5")
        self.assertIn("uneven rate", done.text)
        self.assertEqual(video(self.path("a.avi"))["codec_name"], "mpeg4")

    def test_chapters_subtitles_and_metadata(self):
        for name in ["rich.mp4", "rich.mkv"]:
            source, target = self.rich(name), self.path(name)
            done = self.resize(source, target, "--size", "80x-2", *FAST)
            self.assertNotIn("left out", done.text)
            got = probe(target, "-show_chapters", "-show_format")
            self.assertEqual([c["tags"]["title"] for c in got["chapters"]], ["One", "Two"])
            self.assertEqual([float(c["start_time"]) for c in got["chapters"]], [0.0, 0.8])
            tags = {k.lower(): v for k, v in got["format"]["tags"].items()}
            self.assertEqual((tags["title"], tags["artist"]), ("A Title", "Someone"))
            self.assertEqual(streams(target, "audio")[0]["tags"]["language"], "fra")
            self.assertEqual(streams(target, "subtitle")[0]["tags"]["language"], "deu")
            self.assertEqual(ffmpeg("-i", target, "-map", "0:s:0", "-f", "srt", "-"),
                             ffmpeg("-i", source, "-map", "0:s:0", "-f", "srt", "-"))

    def test_a_stream_that_does_not_fit_is_named(self):
        done = self.resize(self.rich("rich.mkv"), self.path("a.avi"), "--size", "80x-2")
        self.assertIn("stream 2 (subtitle, subrip, deu) is left out", done.text)
        self.assertEqual([s["codec_type"] for s in streams(self.path("a.avi"))], ["video", "audio"])
        cover = self.clip("cover.png", *test_source("64x64"), "-frames:v", 1)
        source = self.clip("cover.mp4", "-i", self.talk(), "-i", cover, "-map", 0, "-map", 1, "-c", "copy",
                           "-disposition:v:1", "attached_pic")
        done = self.resize(source, self.path("a.mov"), "--size", "80x60", *FAST)
        self.assertIn("stream 2 (cover picture, png) is left out", done.text)

    def test_subtitles_change_their_kind(self):
        """The words that ffmpeg gives for the input, as long after the first picture."""

        def words_of(path):
            text = ffmpeg("-i", path, "-map", "0:s:0", "-f", "webvtt", "-").decode().split()
            first = float(probe(path, "-select_streams", "v:0", "-show_packets", "-read_intervals", "%+#1")["packets"][0]
                          ["pts_time"])
            times = [float(w.split(":")[0]) * 60 + float(w.split(":")[1]) - first for w in text if w[0].isdigit()]
            return [w for w in text if not w[0].isdigit()], times

        for name, target, kind in [("rich.mkv", "a.mp4", "mov_text"), ("rich.mp4", "a.mkv", "subrip"),
                                   ("rich.mp4", "a.webm", "webvtt"), ("rich.mkv", "a.webm", "webvtt")]:
            fast = ["--codec", "libvpx", "--codec-opt", "deadline=realtime"] if target == "a.webm" else FAST
            done = self.resize(self.rich(name), self.path(target), "--size", "80x-2", "-y", *fast)
            self.assertIn(f"is written as {kind}", done.text)
            self.assertEqual(streams(self.path(target), "subtitle")[0]["codec_name"], kind)
            self.assertEqual(streams(self.path(target), "subtitle")[0]["tags"]["language"][:2], "de")
            (words, times), (wanted, due) = words_of(self.path(target)), words_of(self.rich(name))
            self.assertEqual(words, wanted)
            self.assertEqual(len(times), 4)
            self.assertTrue(all(abs(a - b) < 0.01 for a, b in zip(times, due)), (times, due))

    def test_sound_that_does_not_fit_is_encoded(self):
        """Into the codec that ffmpeg takes there, of the same length, beside the pictures."""
        for codec, target, expected in [("aac", "a.mpg", "mp2"), ("aac", "a.ogv", "vorbis"), ("aac", "a.webm", "opus"),
                                        ("flac", "a.mov", "aac"), ("libopus", "a.mov", "aac"), ("flac", "a.ts", "mp2"),
                                        ("pcm_s16le", "a.ts", "mp2"), ("alac", "a.ts", "mp2"), ("libvorbis", "a.ts", "mp2")]:
            with self.subTest(f"{codec} {target}"):
                source = self.clip(codec + ".mkv", *test_source(seconds=2), *sine(2), *X264, "-c:a", codec)
                fast = ["--codec", "libvpx", "--codec-opt", "deadline=realtime"] if target == "a.webm" else []
                done = self.resize(source, self.path(target), "--size", "80x60", "-y", *fast)
                self.assertIn("is encoded again as", done.text)
                self.assertEqual(streams(self.path(target), "audio")[0]["codec_name"], expected)
                loud = [ffmpeg("-i", path, "-map", "0:a", "-ac", 1, "-ar", 8000, "-f", "s16le", "-")
                        for path in (self.path(target), source)]
                self.assertAlmostEqual(len(loud[0]) / 16000, len(loud[1]) / 16000, delta=0.06)
                done = self.resize(source, self.path(target), "--size", "80x60", "-y", "--audio", "copy", *fast)
                self.assertIn("(audio, ", done.text)
                self.assertEqual(streams(self.path(target), "audio"), [])

    def test_streams_are_chosen(self):
        source = self.clip("many.mkv", *test_source(seconds=1), *test_source("64x48", seconds=1), *sine(1), *sine(1),
                           "-map", 0, "-map", 1, "-map", 2, "-map", 3, *X264, "-c:a:0", "aac", "-c:a:1", "flac")

        def codecs(*options):
            done = self.resize(source, self.path("a.mkv"), "--scale", "0.5", "-y", *options, *FAST)
            return [s["codec_name"] for s in streams(self.path("a.mkv"))], done.text

        everything, text = codecs()
        self.assertEqual(everything, ["h264", "h264", "aac", "flac"])
        self.assertIn("stream 1 (video, h264) is copied as it is", text)
        self.assertEqual(codecs("--no-audio")[0], ["h264", "h264"])
        self.assertEqual(codecs("--audio", "none")[0], ["h264", "h264"])
        self.assertEqual(codecs("--streams", "v:0,a:1")[0], ["h264", "flac"])
        self.assertEqual(codecs("--streams", "0,2")[0], ["h264", "aac"])
        self.assertEqual(codecs("--audio", "encode", "--streams", "v:0,a:1")[0][1], "vorbis")
        self.assertEqual(codecs("--streams", "v:1")[0], ["h264"])
        self.assertEqual(size(self.path("a.mkv")), (32, 24))
        done = self.resize(source, self.path("b.mkv"), "--scale", 1, "--streams", "a:2", code=2)
        self.assertIn("has no such stream", done.text)

    def test_playlists_name_their_segments(self):
        for name, count in [("a.m3u8", 2), ("a.mpd", 5)]:
            self.resize(self.talk(), self.path(name), "--size", "80x60", *FAST)
            self.assertEqual(len(os.listdir(self.folder)), count, os.listdir(self.folder))
            self.assertEqual([s["nb_read_frames"] for s in streams(self.path(name), "video")], ["50"])
            self.resize(self.talk(), self.path(name), "--size", "40x30", *FAST, code=5)
            self.resize(self.talk(), self.path(name), "--size", "40x30", "-y", *FAST)
            self.assertEqual(size(self.path(name)), (40, 30))
            for file in os.listdir(self.folder):
                os.remove(self.path(file))

    def test_options_of_the_muxer(self):
        def order(path):
            with open(path, "rb") as f:
                data = f.read()
            return data.find(b"moov") < data.find(b"mdat")
        self.resize(self.talk(), self.path("a.mp4"), "--scale", 1, *FAST)
        self.resize(self.talk(), self.path("b.mp4"), "--scale", 1, "--mux-opt", "movflags=+write_colr", *FAST)
        self.assertEqual((order(self.path("a.mp4")), order(self.path("b.mp4"))), (True, False))
        done = self.resize(self.talk(), self.path("c.mp4"), "--scale", 1, "--mux-opt", "movflag=x", *FAST, code=2)
        self.assertIn("--mux-opt movflag", done.text)

    def test_part_of_a_clip(self):
        source, target = self.rich("rich.mkv"), self.path("a.mkv")
        self.resize(source, target, "--scale", "1", "--start", "0.5", "--to", "0:01.3", "--frame-md5",
                    self.path("md5"), *FAST)
        inside = [i for i, t in enumerate(times(source)) if 500 <= t < 1300]
        self.assertEqual(len(inside), 20)
        self.assertEqual(read_md5(self.path("md5")), [decoded_md5(source)[i] for i in inside])
        self.assertEqual(times(target), [times(source)[i] - 500 for i in inside])
        sound = packets(target, "a:0")
        self.assertTrue(0 <= sound[0][0] < 0.05 and 0.7 < sound[-1][0] < 0.8, sound)
        chapters = probe(target, "-show_chapters")["chapters"]
        self.assertEqual([float(c["start_time"]) for c in chapters], [0.0, 0.3])
        self.resize(source, self.path("b.mkv"), "--scale", "1", "--start", "500ms", "--duration", "0.8", "--frame-md5",
                    self.path("md5b"), *FAST)
        self.assertEqual(read_md5(self.path("md5b")), read_md5(self.path("md5")))

    def test_cover_picture(self):
        cover = self.clip("cover.png", *test_source("64x64"), "-frames:v", 1)
        source = self.clip("cover.mp4", "-i", self.talk(), "-i", cover, "-map", 0, "-map", 1, "-c", "copy",
                           "-disposition:v:1", "attached_pic")
        self.resize(source, self.path("a.mp4"), "--size", "80x60", *FAST)
        covers = [s for s in streams(self.path("a.mp4"), "video") if s["disposition"]["attached_pic"]]
        self.assertEqual([(c["codec_name"], c["width"]) for c in covers], [("png", 64)])
        self.assertEqual(size(self.path("a.mp4")), (80, 60))
        self.resize(source, self.path("a.mkv"), "--size", "80x60", *FAST)
        self.assertTrue(any(s["tags"].get("mimetype") == "image/png" for s in streams(self.path("a.mkv"))
                            if "tags" in s))

    def test_shape_on_the_screen(self):
        source = self.clip("dv.mp4", *test_source("180x144"), "-vf", "setsar=16/15", *X264)
        for wanted, expected in [("90x72", "16:15"), ("180x72", "8:15"), ("100x100", "4:3")]:
            self.resize(source, self.path("a.mp4"), "--size", wanted, "-y", *FAST)
            self.assertEqual(video(self.path("a.mp4"))["sample_aspect_ratio"], expected)

    def test_fits(self):
        source = self.clip("wide.mp4", *test_source("320x160"), "-frames:v", 2, *X264)
        for fit, expected in [("stretch", ((120, 120), "2:1")), ("contain", ((120, 60), "1:1")),
                              ("cover", ((120, 120), "1:1")), ("pad", ((120, 120), "1:1"))]:
            self.resize(source, self.path("a.mp4"), "--size", "120x120", "--fit", fit, "-y", *FAST)
            self.assertEqual((size(self.path("a.mp4")), video(self.path("a.mp4"))["sample_aspect_ratio"]), expected)
        self.resize(source, self.path("pad.y4m"), "--size", "120x120", "--fit", "pad")
        self.resize(source, self.path("in.y4m"), "--size", "120x60")
        pad, inner = raw(self.path("pad.y4m")), raw(self.path("in.y4m"))
        self.assertEqual(pad[120 * 30:120 * 90], inner[:120 * 60])
        self.assertEqual(set(pad[:120 * 30]) | set(pad[120 * 90:120 * 120]), {16})
        self.assertEqual(set(pad[120 * 120:120 * 120 + 60 * 15]), {128})

    def turned(self):
        upright = self.clip("flat.mp4", *test_source(), "-frames:v", 5, *X264)
        return self.clip("turned.mp4", "-i", upright, "-c", "copy", "-metadata:s:v", "rotate=90")

    def test_orientation_is_kept(self):
        source = self.turned()
        before = video(source)["side_data_list"][0]["rotation"]
        self.resize(source, self.path("a.mp4"), "--size", "60x80", *FAST)
        after = video(self.path("a.mp4"))
        self.assertEqual((after["width"], after["height"]), (80, 60))
        self.assertEqual(after["side_data_list"][0]["rotation"], before)

    def test_pixels_are_turned_where_orientation_cannot_be_kept(self):
        for rotation in [90, 180, 270]:
            source = self.clip(f"turned{rotation}.mp4", "-i", self.turned(), "-c", "copy", "-metadata:s:v",
                               f"rotate={rotation}")
            done = self.resize(source, self.path("a.y4m"), "--scale", "1", "-y")
            self.assertIn("turned upright", done.text)
            self.assertEqual(raw(self.path("a.y4m")), raw(source))  # ffmpeg turns what it decodes

    def test_color_description(self):
        source = self.clip("color.mp4", *test_source(), "-frames:v", 3, *X264, "-color_range", "tv", "-colorspace",
                           "bt709", "-color_primaries", "bt470bg", "-color_trc", "gamma28", "-chroma_sample_location",
                           "topleft")
        self.resize(source, self.path("a.mp4"), "--scale", "0.5", *FAST)
        v = video(self.path("a.mp4"))
        self.assertEqual([v[k] for k in ("color_range", "color_space", "color_primaries", "color_transfer",
                                         "chroma_location")], ["tv", "bt709", "bt470bg", "bt470bg", "topleft"])

    def test_full_range_stays_full(self):
        source = self.clip("full.mp4", *test_source(), "-frames:v", 3, "-vf", "scale=out_range=pc,format=yuv420p",
                           "-c:v", "libx264", "-color_range", "pc")
        self.resize(source, self.path("a.mp4"), "--scale", "0.5", *FAST)
        self.assertEqual(video(self.path("a.mp4"))["color_range"], "pc")

    def test_mastering_display_data(self):
        parameters = ("log-level=none:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
                      "L(10000000,50):max-cll=1000,400:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc")
        source = self.clip("hdr.mkv", *test_source(), "-frames:v", 3, "-pix_fmt", "yuv420p10le", "-c:v", "libx265",
                           "-preset", "ultrafast", "-x265-params", parameters)
        self.resize(source, self.path("a.mp4"), "--scale", "0.5", *FAST)
        v = video(self.path("a.mp4"))
        self.assertEqual((v["pix_fmt"], v["color_transfer"]), ("yuv420p10le", "smpte2084"))
        kinds = {d["side_data_type"] for d in v["side_data_list"]}
        self.assertEqual(kinds, {"Mastering display metadata", "Content light level metadata"})
        self.assertEqual((v["codec_name"], v["codec_tag_string"]), ("hevc", "hvc1"))
        # A transport stream keeps them in the pictures alone.
        self.resize(source, self.path("a.ts"), "--scale", "0.5", *FAST)
        frames = [probe(p, "-select_streams", "v", "-show_frames", "-read_intervals", "%+#1")["frames"][0]["side_data_list"]
                  for p in (source, self.path("a.ts"))]
        light = [[d for d in f if d["side_data_type"][:4] in ("Mast", "Cont")] for f in frames]
        self.assertEqual(len(light[0]), 2)
        self.assertEqual(light[0], light[1])
        done = self.resize(source, self.path("b.ts"), "--scale", "0.5", "--codec", "mpeg2video")
        self.assertIn("mastered on is lost", done.text)

    def test_interlaced(self):
        # Top fields are white and bottom fields black: rows mix unless fields are resized apart.
        source = self.clip("fields.mkv", "-f", "lavfi", "-i",
                           "color=white:size=96x64:rate=25:duration=1,format=yuv420p,geq=lum='if(mod(Y,2),16,235)':cb=128:cr=128,"
                           "setfield=tff", "-c:v", "ffv1", "-flags", "+ildct+ilme", "-field_order", "tt", "-top", 1)
        fielded = self.clip("fields.mp4", "-i", source, *X264, "-qp", 1, "-flags", "+ildct+ilme", "-x264-params", "tff=1")
        target = self.path("a.mp4")
        self.resize(fielded, target, "--size", "72x48", "--codec-opt", "qp=1", *FAST)
        frame = probe(target, "-select_streams", "v", "-show_frames", "-read_intervals", "%+#1")["frames"][0]
        self.assertEqual((frame["interlaced_frame"], frame["top_field_first"]), (1, 1))
        rows = raw(target, "-frames:v", 1)[:72 * 48]
        for y in range(48):
            row = rows[y * 72:(y + 1) * 72]
            self.assertTrue(all(abs(p - (16 if y % 2 else 235)) < 8 for p in row), (y, set(row)))

    def test_avi_and_webm(self):
        self.resize(self.talk(), self.path("a.avi"), "--size", "80x60")
        self.assertEqual([s["codec_name"] for s in streams(self.path("a.avi"))], ["mpeg4", "aac"])
        done = self.resize(self.talk(), self.path("a.webm"), "--size", "80x60", "--duration", "0.2", "--codec",
                           "libvpx", "--codec-opt", "deadline=realtime")
        self.assertIn("stream 1 (audio, aac", done.text)
        self.assertEqual([s["codec_name"] for s in streams(self.path("a.webm"))], ["vp8", "opus"])


if __name__ == "__main__":
    unittest.main()
