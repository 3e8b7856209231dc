#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drops every second frame of clips, has it made again, and compares with what was there.

    bench/interpolate.py build/host/program/fluxel CLIP... [--frames 60] [--quality fast]

Beside fluxel interpolate: FFmpeg's minterpolate, motion compensated (mci) with adaptive overlapped blocks (aobmc), and
its plain blend. Prints PSNR and SSIM of luma, mean of the frames that all of them made, and the seconds that each took: of the
clock, and of all processors (which a busy machine changes less). Both get two threads.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

MCI = "mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1"


def ffmpeg(*args):
    return subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", *args], check=True, capture_output=True, text=True)


def rate_of(clip):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate",
                          "-of", "csv=p=0", clip], check=True, capture_output=True, text=True).stdout
    return out.split()[0].strip(",")


def timed(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu


def values(made, truth, filter_name, key, folder):
    """One number for each frame."""
    stats = os.path.join(folder, "stats")
    ffmpeg("-i", made, "-i", truth, "-lavfi", f"[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];"
           f"[a][b]{filter_name}=stats_file={stats}:shortest=1", "-f", "null", "-")
    with open(stats) as f:
        found = [float(re.search(rf"\b{key}:(\S+)", line)[1]) for line in f]
    os.remove(stats)
    return found


def judge(made, truth, folder):
    """PSNR and SSIM of luma of each frame that was dropped; the others tell that frames are not shifted."""
    psnr = values(made, truth, "psnr", "psnr_y", folder)
    ssim = values(made, truth, "ssim", "Y", folder)
    if any(p < 60 for p in psnr[0::2][:-1]):
        sys.exit(f"{made}: the frames that were kept are not where they were")
    return [(min(psnr[i], 100), ssim[i]) for i in range(1, len(psnr) - 1, 2)]


def measure(args, clip, folder):
    rate = rate_of(clip)
    whole, half, made = (os.path.join(folder, n + ".y4m") for n in ("whole", "half", "made"))
    chroma = "format=yuv420p,scale=trunc(iw/2)*2:trunc(ih/2)*2"
    ffmpeg("-i", clip, "-frames:v", str(args.frames | 1), "-vf", f"{chroma},setpts=N/({rate})/TB", "-r", rate,
           "-pix_fmt", "yuv420p", whole)
    ffmpeg("-i", whole, "-vf", f"select='not(mod(n,2))',setpts=N/({rate})*2/TB", "-r", f"{rate}/2" if "/" not in rate
           else f"{rate.split('/')[0]}/{int(rate.split('/')[1]) * 2}", half)
    numerator, _, denominator = rate.partition("/")
    ways = {
        "fluxel": [args.program, "interpolate", half, made, "-y", "--quiet", "--factor", "2", "--device", "cpu",
                   "--threads", "2", "--quality", args.quality, "--flow-side", str(args.flow_side)],
        "mci": ["ffmpeg", "-v", "error", "-y", "-threads", "2", "-filter_threads", "2", "-i", half, "-vf",
                f"minterpolate=fps={numerator}/{denominator or 1}:{MCI}", made],
        "blend": ["ffmpeg", "-v", "error", "-y", "-i", half, "-vf",
                  f"minterpolate=fps={numerator}/{denominator or 1}:mi_mode=blend", made],
    }
    seconds, judged = {}, {}
    for name, command in ways.items():
        if args.only and name not in args.only:
            continue
        seconds[name] = timed(command)
        judged[name] = judge(made, whole, folder)
    # minterpolate leaves out the last frames: what counts is what everyone has made.
    count = min(len(frames) for frames in judged.values())
    return {name: (*(sum(column) / count for column in zip(*frames[:count])), *seconds[name])
            for name, frames in judged.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--quality", default="fast")
    parser.add_argument("--flow-side", type=int, default=256)
    parser.add_argument("--only", action="append", help="fluxel, mci or blend; may be repeated")
    args = parser.parse_args()
    print("| clip | who | PSNR | SSIM | s | processor s |\n|---|---|---|---|---|---|")
    sums = {}
    for clip in args.clips:
        with tempfile.TemporaryDirectory() as folder:
            for who, row in measure(args, clip, folder).items():
                sums.setdefault(who, []).append(row)
                psnr, ssim, wall, cpu = row
                print(f"| {os.path.basename(clip)} | {who} | {psnr:.2f} | {ssim:.4f} | {wall:.1f} | {cpu:.1f} |",
                      flush=True)
    for who, rows in sums.items():
        mean = [sum(column) / len(rows) for column in zip(*rows)]
        print(f"| mean | {who} | {mean[0]:.2f} | {mean[1]:.4f} | {mean[2]:.1f} | {mean[3]:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
