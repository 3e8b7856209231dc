# SPDX-License-Identifier: Apache-2.0
"""The loops of a kernel's machine code, and what a turn of its main loop costs for each output.

A loop is what leads back to an instruction through which every way into it goes. Its own instructions are those of no
loop inside it; each counts once, whichever way the branches go.
"""
import re
import struct

from cubin import INSTRUCTION, OPCODES

BRANCH, EXIT = 0x947, 0x94d
ALWAYS = 7  # the predicate that is true
DP2A = 0x026
MANY = 12  # products that make a loop one over taps


def branch_target(architecture, address, low, high):
    field = low >> 34 | (high & 0x3ffff) << 30
    if field >> 47:
        field -= 1 << 48
    words = field if architecture < 90 else field << 8 | low >> 16 & 0xff  # Hopper keeps the lowest byte apart
    return address + INSTRUCTION + 4 * words


def successors(code, architecture):
    """For each instruction the ones that may come next. Calls return; barriers of convergence go on."""
    count = len(code) // INSTRUCTION
    after = []
    for i in range(count):
        low, high = struct.unpack_from('<QQ', code, i * INSTRUCTION)
        conditional = low >> 12 & 15 != ALWAYS or low & 0xfff == BRANCH and high >> 23 & 15 != ALWAYS
        next_ones = [i + 1] if i + 1 < count else []
        if low & 0xfff == BRANCH:
            target = branch_target(architecture, i * INSTRUCTION, low, high) // INSTRUCTION
            next_ones = [target] + (next_ones if conditional else [])
        elif low & 0xfff == EXIT and not conditional:
            next_ones = []
        after.append([n for n in next_ones if 0 <= n < count])
    return after


def reachable(after, start, without=None):
    seen, waiting = set(), [start]
    while waiting:
        i = waiting.pop()
        if i in seen or i == without:
            continue
        seen.add(i)
        waiting += after[i]
    return seen


def find_loops(code, architecture):
    """The bodies of all loops, as sets of instructions; those with the same entry are one."""
    after = successors(code, architecture)
    before = [[] for _ in after]
    for i, next_ones in enumerate(after):
        for n in next_ones:
            before[n].append(i)
    alive = reachable(after, 0)
    bodies = {}
    for last in alive:
        for entry in after[last]:
            if entry > last or entry == last:
                continue
            if entry != 0 and last in reachable(after, 0, without=entry):
                continue  # back in memory, but not through its entry: code that is seldom run, moved to the end
            bodies.setdefault(entry, {entry}).update(i for i in reachable(before, last, without=entry) if i in alive)
    return list(bodies.values())


def own_instructions(loops):
    """Each loop's instructions without those of the loops inside it."""
    return [body - set().union(*(b for b in loops if b < body)) for body in loops]


def products_of(code, body):
    """Pixels times weights: an instruction on floats has one, dp2a two."""
    opcodes = [struct.unpack_from('<H', code, i * INSTRUCTION)[0] & 0x1ff for i in body]
    return sum(OPCODES.get(o) == 'FFMA' for o in opcodes) + 2 * opcodes.count(DP2A)


def main_loop(code, architecture):
    """The own instructions of the loop that has most products, else of the longest. Where loops are a small part of the
    kernel, as in one that is written out: all that a thread can run."""
    own = own_instructions(find_loops(code, architecture))
    everything = reachable(successors(code, architecture), 0)

    def worth(body):
        products = products_of(code, body)
        return products if products >= MANY else 0, len(body)
    found = max(own, key=worth, default=set())
    return found if len(found) * 10 > len(everything) or worth(found)[0] else everything


# What a turn of the main loop makes, or a thread where there is no loop: (kernel, unit, how many). A dictionary is by the
# number that follows. Loops over taps have products instead, which are counted.
OUTPUTS = [
    (r'linear_staged_u8_kernelILi', 'pixel', 4),
    (r'reduce_exact_u8_kernel\w*7halving', 'pixel', 4),
    (r'reduce_exact_u8_kernel\w*12three_to_two', 'pixel', 16),
    (r'double_u8_kernelILi', 'pixel', {1: 64, 2: 32, 3: 32, 4: 16}),
    (r'gaps_kernelIfLi2', 'pixel', 16),
    (r'gaps_kernelIfLi4', 'pixel', 32),
    (r'gaps_kernelI\w*f16ELi2', 'pixel', 32),
    (r'gaps_kernelI\w*f16ELi4', 'pixel', 64),
    (r'halve_planes_kernelI', 'pixel', 8),
    (r'enlarge_bytes_kernelILi4ELi4', 'source pixel', 8),
    (r'enlarge_bytes_kernelILi4ELi6', 'source pixel', 12),
    (r'enlarge_bytes_kernelILi\dELi4', 'source pixel', 16),
    (r'enlarge_bytes_kernelILi\dELi6', 'source pixel', 24),
]


def outputs_of(kernel, code, body):
    """(unit, how many) of a kernel's main loop, or None."""
    for pattern, unit, count in OUTPUTS:
        if m := re.search(pattern, kernel):
            return unit, count[int(kernel[m.end()])] if isinstance(count, dict) else count
    products = products_of(code, body)
    return ('product', products) if products >= MANY else None
