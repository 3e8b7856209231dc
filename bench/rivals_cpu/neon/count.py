#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts NEON instructions per output pixel of bilinear resizes: fluxel beside the libraries that Debian has for arm64.

usage: bench/rivals_cpu/neon/count.py WORK_DIR [--with NAME=PROGRAM] [--markdown FILE]

WORK_DIR is that of tests/cross/aarch64, which must have run: its libraries and its build of fluxel are used. The
programs run under qemu-user with a plugin that counts; an emulator cannot time. Two calls less one leave out the
start. Needs g++-aarch64-linux-gnu, qemu-user, and Debian's archive for the arm64 packages.

--with NAME=PROGRAM adds a library of your own: an AArch64 program with the arguments of calls.cpp.

"error" is the mean distance from the exact result, in grey levels; the ratio is to the fewest instructions of a
library whose error is at most .05 above ours. Instructions are no times: loads, lane shuffles and fetches that miss
cost more than others.
"""
import argparse
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, '..', '..', '..'))
PACKAGES = ['libyuv-dev', 'libopencv-imgproc-dev']
PIXELS = ['u8x1', 'u8x3', 'u8x4', 'f32x1', 'f32x3']
SCALINGS = {'1080p_to_4K': 3840 * 2160, '1080p_to_720p': 1280 * 720, '1080p_to_540p': 960 * 540,
            '1080p_to_224': 224 * 224, '4K_to_1080p': 1920 * 1080}
AS_ACCURATE = .05
NO_SUCH_RESIZE = 3


def fetch_packages(work, sysroot):
    done = os.path.join(sysroot, 'rivals')
    if os.path.exists(done):
        return
    packages = os.path.join(work, 'rivals')
    os.makedirs(f'{packages}/partial', exist_ok=True)
    subprocess.run(['apt-get', '-qq', '-oAPT::Architecture=arm64', '-oAPT::Architectures=arm64', '-oAPT::Sandbox::User=root',
                    f'-oDir::State::Lists={work}/lists', '-oDir::State::Status=/dev/null', f'-oDir::Cache::Archives={packages}',
                    '-y', '--no-install-recommends', '--download-only', 'install', *PACKAGES], check=True)
    for package in glob.glob(f'{packages}/*.deb'):
        if os.path.basename(package).startswith('libc6'):
            continue  # the cross compiler has its own
        subprocess.run(['dpkg-deb', '-x', package, sysroot], check=True)
    open(done, 'w').close()


def build(work, sysroot):
    folders = library_folders(sysroot)
    linked = [f'-Wl,-rpath-link,{folder}' for folder in folders]
    sources = [f'{HERE}/calls.cpp'] + [f'{ROOT}/bench/rivals_cpu/{name}.cpp' for name in ('rival', 'libyuv', 'opencv')]
    calls = f'{work}/calls'
    subprocess.run(['aarch64-linux-gnu-g++', '-std=c++20', '-O2', f'-I{ROOT}', f'-I{ROOT}/include',
                    f'-I{work}/build/include', f'-isystem{sysroot}/usr/include', f'-isystem{sysroot}/usr/include/opencv4',
                    f'-isystem{sysroot}/usr/include/aarch64-linux-gnu/opencv4', *sources, '-o', calls,
                    *fluxel_libraries(work), f'-L{folders[0]}', *linked, '-lopencv_imgproc', '-lopencv_core', '-lyuv', '-ltbb',
                    '-lhwy', '-lpthread'], check=True)
    plugin = f'{work}/count_plugin.so'
    subprocess.run(['gcc', '-shared', '-fPIC', '-O2', f'{HERE}/count_plugin.c', '-o', plugin], check=True)
    return calls, plugin


def library_folders(sysroot):
    folder = f'{sysroot}/usr/lib/aarch64-linux-gnu'
    return [folder, f'{folder}/blas', f'{folder}/lapack', f'{sysroot}/lib/aarch64-linux-gnu']


def fluxel_libraries(work):
    with open(f'{work}/build/build.ninja') as f:
        text = f.read()
    rule = text.index('build tests/vectors/vectors:')
    line = text[text.index('LINK_LIBRARIES = ', rule):].split('\n', 1)[0].split(' = ')[1]
    return [name if name.startswith('/') or name.startswith('-') else f'{work}/build/{name}' for name in line.split()]


def instructions(program, plugin, sysroot, arguments):
    """(instructions, mean error) of a run, or None where the program has no such resize."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', '-plugin', f'{plugin},out={folder}/n', '-E',
             'LD_LIBRARY_PATH=' + ':'.join(library_folders(sysroot)), program, *arguments],
            capture_output=True, text=True)
        if done.returncode == NO_SUCH_RESIZE:
            return None
        if done.returncode != 0:
            sys.exit(f'{program} {" ".join(arguments)} failed:\n{done.stdout}{done.stderr}')
        with open(f'{folder}/n') as f:
            return int(f.read()), float(done.stdout)


def count(program, plugin, sysroot, who, pixels, scaling):
    runs = [instructions(program, plugin, sysroot, [who, pixels, scaling, str(calls)]) for calls in (2, 3)]
    if None in runs:
        return None
    return (runs[1][0] - runs[0][0]) / SCALINGS[scaling], runs[1][1]


def row(pixels, scaling, counted):
    ours, our_error = counted['fluxel']
    equal = {who: n for who, (n, error) in counted.items() if who != 'fluxel' and error <= our_error + AS_ACCURATE}
    fewest = min(equal, key=equal.get) if equal else None
    others = ', '.join(f'{who} {n:.2f} ({error:.2f})' for who, (n, error) in counted.items() if who != 'fluxel')
    ratio = f'{ours / equal[fewest]:.2f} ({fewest})' if fewest else '-'
    return f'| {pixels} {scaling.replace("_", " ")} | {ours:.2f} ({our_error:.2f}) | {others} | {ratio} |'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work')
    parser.add_argument('--with', dest='others', action='append', default=[], metavar='NAME=PROGRAM')
    parser.add_argument('--markdown', metavar='FILE')
    args = parser.parse_args()
    work = os.path.abspath(args.work)
    sysroot = f'{work}/sysroot'
    fetch_packages(work, sysroot)
    calls, plugin = build(work, sysroot)
    programs = {'fluxel': calls, 'libyuv': calls, 'opencv': calls}
    programs.update(other.split('=', 1) for other in args.others)
    lines = ['| case | fluxel, instructions per pixel (error) | others | ratio |', '|---|---|---|---|']
    for scaling in SCALINGS:
        for pixels in PIXELS:
            counted = {who: count(program, plugin, sysroot, who, pixels, scaling) for who, program in programs.items()}
            lines.append(row(pixels, scaling, {who: n for who, n in counted.items() if n}))
            print(lines[-1], flush=True)
    if args.markdown:
        with open(args.markdown, 'w') as f:
            f.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
