# SPDX-License-Identifier: Apache-2.0
"""Assembles PTX, and counts float instructions in a cubin, without a disassembler.

Since Volta an instruction is 16 bytes and its opcode the low 9 bits of the first word.
"""
import collections
import os
import struct
import subprocess
import tempfile

OPCODES = {0x021: 'FADD', 0x020: 'FMUL', 0x023: 'FFMA', 0x029: 'DADD', 0x028: 'DMUL', 0x02b: 'DFMA'}
INSTRUCTION = 16


def assemble(ptxas, architecture, path):
    """The cubin of a PTX file and what `ptxas -v` said. They are kept beside the PTX, so that a later test of the same file
    need not call ptxas, until one of the two changes."""
    kept = f'{path}.sm_{architecture}'
    newest = max(os.path.getmtime(path), os.path.getmtime(ptxas))
    if not os.path.exists(kept + '.cubin') or os.path.getmtime(kept + '.cubin') < newest:
        with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as folder:
            cubin, said = os.path.join(folder, 'cubin'), os.path.join(folder, 'said')
            done = subprocess.run([ptxas, '-v', f'-arch=sm_{architecture}', path, '-o', cubin], check=True,
                                  capture_output=True, text=True)
            with open(said, 'w') as file:
                file.write(done.stdout + done.stderr)
            os.replace(said, kept + '.txt')
            os.replace(cubin, kept + '.cubin')
    with open(kept + '.cubin', 'rb') as cubin, open(kept + '.txt') as said:
        return cubin.read(), said.read()


def sections(data):
    """(name, contents) of each section of an ELF file of 64 bits."""
    table, = struct.unpack_from('<Q', data, 40)
    size, count, names = struct.unpack_from('<HHH', data, 58)
    headers = [struct.unpack_from('<IIQQQQIIQQ', data, table + i * size) for i in range(count)]
    strings = headers[names][4]
    for header in headers:
        start = strings + header[0]
        name = data[start:data.index(b'\0', start)].decode()
        yield name, data[header[4]:header[4] + header[5]]


def count_instructions(data):
    """kernel -> Counter of opcodes."""
    counts = {}
    for name, code in sections(data):
        if not name.startswith('.text.'):
            continue
        words = (struct.unpack_from('<Q', code, i)[0] & 0x1ff for i in range(0, len(code), INSTRUCTION))
        counts[name[len('.text.'):]] = collections.Counter(OPCODES[w] for w in words if w in OPCODES)
    return counts
