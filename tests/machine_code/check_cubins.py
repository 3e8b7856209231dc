#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when ptxas fused what the PTX left apart.

usage: check_cubins.py PTXAS ARCHITECTURE FILE.ptx...
       check_cubins.py PTXAS --all COMPILE_COMMANDS.json ARCHITECTURE...    every .cu of the library, built anew

A kernel's FFMA, FADD and FMUL (and the D ones) are counted against the fma, add and mul of its PTX. Equal counts, or
one multiple of all three, show that nothing was fused. Copies of a part of the code, and expansions of div, sqrt and
rcp, only add instructions; there, "more FFMA and fewer FADD or FMUL" is the sign of fusion, and a kernel without any
fma, div, sqrt or rcp must have no FFMA at all.
"""
import collections
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'replay'))
from cubin import assemble, count_instructions  # noqa: E402
from ptx.module import read_module  # noqa: E402

KINDS = {'fma': 'FMA', 'mad': 'FMA', 'add': 'ADD', 'sub': 'ADD', 'mul': 'MUL'}
EXPANDED = {'div', 'sqrt', 'rcp'}


def count_ptx(module):
    """kernel -> (Counter of FFMA, FADD, ...; the prefixes F and D whose instructions ptxas expands)."""
    counts = {}
    for kernel in module.kernels:
        counter, expanded = collections.Counter(), set()
        for s in kernel.statements:
            if s.kind != 'instruction' or s.parts[-1] not in ('f32', 'f64'):
                continue
            prefix = 'F' if s.parts[-1] == 'f32' else 'D'
            if s.parts[0] in KINDS:
                counter[prefix + KINDS[s.parts[0]]] += 1
            elif s.parts[0] in EXPANDED:
                # A division of doubles tests the range of its quotient by an FFMA on the upper words.
                expanded |= {prefix, 'F'}
        counts[kernel.name] = counter, expanded
    return counts


def is_multiple(numbers, of):
    """Whether numbers are k times the others for one k >= 1: ptxas made k copies of a loop's body."""
    copies = next((n // o for n, o in zip(numbers, of) if o), 1)
    return copies >= 1 and numbers == [copies * o for o in of]


def verdict(ptx, expanded, machine):
    """'equal', 'inexact' or a description of what was fused."""
    inexact = False
    for prefix in 'FD':
        fma, add, mul = (prefix + kind for kind in ('FMA', 'ADD', 'MUL'))
        if is_multiple([machine[k] for k in (fma, add, mul)], [ptx[k] for k in (fma, add, mul)]):
            continue
        inexact = True
        fewer = [k for k in (add, mul) if machine[k] < ptx[k]]
        if machine[fma] > ptx[fma] and (fewer or (ptx[fma] == 0 and prefix not in expanded)):
            return f'{machine[fma]} {fma} for {ptx[fma]} fma of the PTX' + ''.join(
                f', {machine[k]} {k} for {ptx[k]}' for k in fewer)
    return 'inexact' if inexact else 'equal'


def check(ptxas, architecture, path, totals):
    """The kernels of one PTX file in which something was fused."""
    with open(path) as file:
        module = read_module(file.read())
    if not module.kernels:
        return []
    machine = count_instructions(assemble(ptxas, architecture, path)[0])
    problems = []
    for name, (counter, expanded) in count_ptx(module).items():
        found = verdict(counter, expanded, machine[name])
        totals[found if found in ('equal', 'inexact') else 'fused'] += 1
        if found == 'inexact':
            print(f'sm_{architecture} inexact: {name}: PTX {dict(counter)}, machine code {dict(machine[name])}')
        elif found != 'equal':
            problems.append(f'sm_{architecture} FUSED: {name}: {found}')
    return problems


def ptx_of(command, architecture, target):
    """Repeats a command of the build for the PTX of one architecture."""
    arguments, skip = [], False
    for word in shlex.split(command):
        if skip:
            skip = False
        elif word in ('-o', '-MF', '-MT', '-x'):
            skip = True
        elif word not in ('-c', '-MD', 'ccache') and not word.startswith('--generate-code') and not word.endswith('ccache'):
            arguments.append(word)
    subprocess.run(arguments + ['-ptx', f'-arch=compute_{architecture}', '-o', target], check=True)


def check_all(ptxas, commands, architectures, totals):
    with open(commands) as file:
        entries = [e for e in json.load(file)
                   if e['file'].endswith('.cu') and 'fluxel_cuda.dir' in e['command']]
    if not entries:
        sys.exit('no .cu of the library in ' + commands)

    def check_one(entry, architecture):
        ptx = os.path.join(folder, f'{os.path.basename(entry["file"])}.{architecture}.ptx')
        ptx_of(entry['command'], architecture, ptx)
        found = collections.Counter()
        return check(ptxas, architecture, ptx, found), found

    problems = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = [pool.submit(check_one, entry, architecture) for entry in entries for architecture in architectures]
        for task in tasks:
            fused, found = task.result()
            problems += fused
            totals.update(found)
    return problems


def main(arguments):
    if len(arguments) < 3:
        sys.exit(__doc__)
    totals = collections.Counter()
    if arguments[1] == '--all':
        problems = check_all(arguments[0], arguments[2], arguments[3:], totals)
    else:
        problems = [p for path in arguments[2:] for p in check(arguments[0], arguments[1], path, totals)]
    print('kernels:', ', '.join(f'{n} {what}' for what, n in sorted(totals.items())) or 'none')
    sys.exit('\n'.join(problems) if problems else 0)


if __name__ == '__main__':
    main(sys.argv[1:])
