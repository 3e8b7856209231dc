#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command whose program has a planted bug, and fails when its detector is silent.

usage: expect.py EXIT REGEX COMMAND...     EXIT is a status, or "nonzero"
"""
import re
import subprocess
import sys


def main():
    wanted, pattern, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        sys.exit('the program hangs')
    right_status = done.returncode != 0 if wanted == 'nonzero' else done.returncode == int(wanted)
    found = re.search(pattern, done.stdout)
    print(found.group(0) if found else done.stdout)
    if not right_status:
        sys.exit(f'exit status {done.returncode}, expected {wanted}')
    if not found:
        sys.exit(f'nothing matches {pattern}')


main()
