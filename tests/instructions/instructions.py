#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the instructions of the CPU's hot paths with those on record.

usage: instructions.py COUNT_INSTRUCTIONS RECORDED.json COMPILER TARGET [--update]

COUNT_INSTRUCTIONS runs its cases under callgrind, held to TARGET (a name of FLUXEL_CPU that valgrind knows, AVX2 at
most) and one thread, so that the counts repeat to the last one. More than LIMIT percent above the record fails; fewer
passes and says that the record can be renewed. Counts belong to a compiler: with another one than the record's
nothing is compared, and the exit code is 77. --update writes the counts of this target and compiler to the record.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

LIMIT = 5  # percent: the C library picks its copies by processor
NOT_RUN = 77


def read_dump(path):
    """(case, instructions per output) of one file of callgrind, or None for the one of the program's end."""
    with open(path) as f:
        text = f.read()
    mark = re.search(r'^desc: Trigger: Client Request: (\S+) (\S+)$', text, re.M)
    total = re.search(r'^(?:summary|totals): (\d+)$', text, re.M)
    if mark is None or total is None:
        return None
    return mark[1], int(total[1]) / float(mark[2])


def count(program, target):
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, FLUXEL_CPU=target)
        command = ['valgrind', '-q', '--tool=callgrind', f'--callgrind-out-file={folder}/out', program]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f'{" ".join(command)} failed:\n{done.stdout}{done.stderr}')
        if f'target {target}\n' not in done.stdout:
            print(f'NOT RUN: this machine has no {target}: {done.stdout.strip()}')
            sys.exit(NOT_RUN)
        return dict(filter(None, map(read_dump, sorted(glob.glob(folder + '/out*')))))


def compare(then, now):
    """Lines to print, and whether something got worse."""
    lines, worse = [], False
    for case in sorted(set(then) | set(now)):
        if case not in now or case not in then:
            lines.append(f'{case}: {"no longer counted" if case not in now else "not on record"}')
            worse = True
            continue
        percent = 100 * (now[case] / then[case] - 1)
        if percent > LIMIT:
            lines.append(f'{case}: {then[case]:.3f} instructions per output on record, {now[case]:.3f} now (+{percent:.1f} %)')
            worse = True
        elif percent < -LIMIT:
            lines.append(f'{case}: {then[case]:.3f} on record, {now[case]:.3f} now ({percent:.1f} %): better')
    return lines, worse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('program', 'recorded', 'compiler', 'target'):
        parser.add_argument(name)
    parser.add_argument('--update', action='store_true')
    args = parser.parse_args()
    record = {'compiler': args.compiler, 'targets': {}}
    if os.path.exists(args.recorded):
        with open(args.recorded) as f:
            record = json.load(f)
    if record['compiler'] != args.compiler and not args.update:
        print(f'NOT RUN: the record is of {record["compiler"]}, this is {args.compiler}')
        return NOT_RUN
    now = count(args.program, args.target)
    if not now:
        sys.exit('callgrind wrote no count')
    if args.update:
        if record['compiler'] != args.compiler:
            record = {'compiler': args.compiler, 'targets': {}}
        record['targets'][args.target] = {case: round(n, 3) for case, n in sorted(now.items())}
        with open(args.recorded, 'w') as f:
            json.dump(record, f, indent=1, sort_keys=True)
            f.write('\n')
        return 0
    lines, worse = compare(record['targets'].get(args.target, {}), now)
    print('\n'.join(lines + [f'{len(now)} cases on {args.target}']))
    if lines:
        print('To renew the record on purpose: the command that ctest -R instructions -V prints, with --update.')
    return int(worse)


if __name__ == '__main__':
    sys.exit(main())
