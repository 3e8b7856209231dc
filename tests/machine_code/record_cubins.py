#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps what ptxas makes of each kernel: registers, spilled bytes, shared memory, instructions, those of its main loop
(loops.py), for each output where a turn makes a known number of them, and, as these predict, the warps that a
multiprocessor holds at once.

usage: record_cubins.py PTXAS ARCHITECTURE RECORD.json FILE.ptx...            compares with the record
       record_cubins.py PTXAS ARCHITECTURE RECORD.json --update FILE.ptx...   writes these kernels' numbers into it
       record_cubins.py --print RECORD.json ARCHITECTURE                      what outputs cost, as a table

A kernel may get better in silence. It fails when it spills more, takes more registers or shared memory, leaves room for
fewer warps, or grows by more than 2 % of its instructions or of its main loop's; and when the record lacks it or has one that no file has. The numbers are those of
one ptxas: with another version the comparison is not run (exit 77). A record made on purpose is committed with the
change that made it.
"""
import json
import os
import re
import subprocess
import sys

from cubin import INSTRUCTION, assemble, sections
from loops import main_loop, outputs_of

GROWTH = 1.02
COLUMNS = ('registers', 'spilled', 'shared', 'instructions')

REGISTERS = 65536  # of a multiprocessor, dealt out to warps in units of 256
RESIDENT = {'75': (32, 65536), '90': (64, 233472)}  # warps, bytes of shared memory; a block takes 1 KiB more from 8.0 on


def version_of(ptxas):
    text = subprocess.run([ptxas, '--version'], check=True, capture_output=True, text=True).stdout
    return re.search(r'V(\d+\.\d+\.\d+)', text)[1]


def parse_verbose(text):
    """kernel -> (registers, spilled bytes, static shared bytes) from `ptxas -v`."""
    found, kernel, spilled = {}, None, 0
    for line in text.splitlines():
        if m := re.search(r"Compiling entry function '(\S+)'", line):
            kernel, spilled = m[1], 0
        elif m := re.search(r'(\d+) bytes spill stores, (\d+) bytes spill loads', line):
            spilled = int(m[1]) + int(m[2])
        elif (m := re.search(r'Used (\d+) registers', line)) and kernel:
            shared = re.search(r'(\d+) bytes smem', line)
            found[kernel] = (int(m[1]), spilled, int(shared[1]) if shared else 0)
    return found


def stable_name(kernel):
    """Without the hashes that nvcc gives an anonymous namespace: they follow the path of the file."""
    return re.sub(r'_GLOBAL__N__[0-9a-f]{8}_(\d+_\w+?_cu)_[0-9a-f]{8}', r'_GLOBAL__N__\1', kernel)


def threads_of(ptx):
    """kernel -> the threads of a block that it was compiled for"""
    found = {}
    for name, rest in re.findall(r'\.entry (\w+)\((.*?)\{', ptx, re.DOTALL):
        if m := re.search(r'\.maxntid\s+(\d+)(?:,\s*(\d+))?(?:,\s*(\d+))?', rest):
            found[name] = int(m[1]) * int(m[2] or 1) * int(m[3] or 1)
    return found


def resident_warps(architecture, threads, registers, shared):
    """Warps that a multiprocessor holds at once; dynamic shared memory is not counted."""
    most, bytes_in_all = RESIDENT[architecture]
    warps = -(-threads // 32)
    of_a_warp = -(-registers * 32 // 256) * 256
    by_registers = REGISTERS // of_a_warp // 4 * 4 // warps  # each of four schedulers has a quarter of the registers
    taken = shared + (1024 if int(architecture) >= 80 else 0)
    return min(most // warps, by_registers, bytes_in_all // max(taken, 1)) * warps


def instruction_counts(data):
    """kernel -> instructions, the padding behind the last one not counted."""
    nop = 0x918
    counts = {}
    for name, code in sections(data):
        if name.startswith('.text.'):
            opcodes = [int.from_bytes(code[i:i + 2], 'little') & 0xfff for i in range(0, len(code), INSTRUCTION)]
            while opcodes and opcodes[-1] == nop:
                opcodes.pop()
            counts[name[len('.text.'):]] = len(opcodes)
    return counts


def loop_costs(data, architecture):
    """kernel -> instructions of its main loop, and for each output"""
    costs = {}
    for name, code in sections(data):
        if name.startswith('.text.'):
            kernel, body = name[len('.text.'):], main_loop(code, int(architecture))
            costs[kernel] = {'loop': len(body)}
            if output := outputs_of(kernel, code, body):
                costs[kernel][f'per {output[0]}'] = round(len(body) / output[1], 2)
    return costs


def measure(ptxas, architecture, path):
    data, said = assemble(ptxas, architecture, path)
    counts, costs = instruction_counts(data), loop_costs(data, architecture)
    with open(path) as file:
        threads = threads_of(file.read())
    found = {}
    for kernel, numbers in parse_verbose(said).items():
        record = found[stable_name(kernel)] = dict(zip(COLUMNS, (*numbers, counts[kernel])))
        record.update(costs[kernel])
        if kernel in threads and architecture in RESIDENT:
            record['warps'] = resident_warps(architecture, threads[kernel], numbers[0], numbers[2])
    return found


def worse(recorded, measured):
    """What got worse, in words; '' when nothing did."""
    found = [f'{c} {recorded[c]} -> {measured[c]}' for c in COLUMNS[:3] if measured[c] > recorded[c]]
    for c in ('instructions', 'loop'):
        if measured[c] > recorded.get(c, measured[c]) * GROWTH:
            found.append(f'{c} {recorded[c]} -> {measured[c]}')
    if measured.get('warps', 0) < recorded.get('warps', 0):
        found.append(f'warps {recorded["warps"]} -> {measured.get("warps", 0)}')
    return ', '.join(found)


def compare(recorded, measured):
    problems = [f'{k}: not in the record' for k in measured if k not in recorded]
    problems += [f'{k}: recorded, but no file has it' for k in recorded if k not in measured]
    for kernel in recorded.keys() & measured.keys():
        if what := worse(recorded[kernel], measured[kernel]):
            problems.append(f'{kernel}: {what}')
    return sorted(problems)


def print_costs(path, architecture):
    with open(path) as file:
        kernels = json.load(file)['sm'][architecture]
    names = subprocess.run(['c++filt'], input='\n'.join(kernels), capture_output=True, text=True).stdout.splitlines()
    rows = [(name.split('(')[0].replace('fluxel::kernels::gpu::', '').removeprefix('void '), column, k[column], k['loop'])
            for name, k in zip(names, kernels.values()) for column in k if column.startswith('per ')]
    for name, column, cost, loop in sorted(rows):
        print(f'| {name} | {loop} | {cost} {column} |')


def main(arguments):
    if arguments[:1] == ['--print'] and len(arguments) == 3:
        return print_costs(*arguments[1:])
    update = '--update' in arguments
    arguments = [a for a in arguments if a != '--update']
    if len(arguments) < 4:
        sys.exit(__doc__)
    ptxas, architecture, path, files = arguments[0], arguments[1], arguments[2], arguments[3:]
    record = {}
    if os.path.exists(path):
        with open(path) as file:
            record = json.load(file)
    version = version_of(ptxas)
    if not update and record.get('ptxas') != version:
        print(f'not run: the record is of ptxas {record.get("ptxas")}, this is {version}')
        sys.exit(77)
    measured = {}
    for file in files:
        measured.update(measure(ptxas, architecture, file))
    if update:
        record['ptxas'] = version
        record.setdefault('sm', {})[architecture] = dict(sorted(measured.items()))
        with open(path, 'w') as file:
            json.dump(record, file, indent=1, sort_keys=True)
            file.write('\n')
        return
    problems = compare(record['sm'].get(architecture, {}), measured)
    print(f'sm_{architecture}: {len(measured)} kernels')
    if problems:
        sys.exit('\n'.join(problems + [f'If this is meant: record_cubins.py {ptxas} {architecture} {path} --update ...']))


if __name__ == '__main__':
    main(sys.argv[1:])
