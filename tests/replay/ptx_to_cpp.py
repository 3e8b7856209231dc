#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Translates the PTX that nvcc emits into C++ that runs on the emulator's fibers.

usage: ptx_to_cpp.py (ARCHITECTURE IN.ptx OUT.cpp)...   OUT registers each kernel in place of the host's
       ptx_to_cpp.py --lint IN.ptx...                   only refuses what parity forbids

Of several architectures of one .cu, a kernel whose translation an earlier OUT has is registered there for both, and
compiled once: most kernels have the same PTX for all.
Exit 1 names each refused instruction with file and line of the .cu (compile with -lineinfo).
"""
import os
import re
import sys

from ptx.instructions import Translator
from ptx.lint import forbidden
from ptx.module import BYTES, Refused, read_module
from ptx.operands import CPP, bits_of, identifier


# All of cuda_runtime.h takes the compiler longer than most kernels do.
HEADERS = ['emulation/atomics', 'emulation/memory_intrinsics', 'emulation/replay_table', 'emulation/thread_intrinsics',
           'replay/arithmetic', 'replay/bits', 'replay/comparisons', 'replay/conversions', 'replay/machine']
PACKED = 'emulation/packed_intrinsics'


# The compiler, which does not optimize, keeps each register in the frame, and a third more; a fiber's stack has 128 KiB.
MOST_REGISTER_BYTES = 80 << 10


def preface(text):
    headers = HEADERS + [PACKED] * ('__vabsdiffu4' in text)
    return '\n'.join([*(f'#include "{h}.hpp"' for h in headers), '#define HERE (emulation::site{__FILE__, __LINE__})',
                      'using namespace ptx::words;'])


def lint(path, module):
    """The forbidden instructions of a module, one line each."""
    found = []
    for kernel in module.kernels:
        for s in kernel.statements:
            if s.kind == 'instruction' and (why := forbidden(s)):
                found.append(f'{s.where()}: {s.parts and ".".join(s.parts)}: {why} (in {kernel.name})')
    return list(dict.fromkeys(found))


def host_variable(number, v):
    """A __constant__ or global variable: the host's, when it has one of this name."""
    bytes_ = BYTES[v.type] * v.count
    values = b''
    for text in v.values:
        if re.fullmatch(r'0[fFdD][0-9a-fA-F]+', text):
            values += int(text[2:], 16).to_bytes(BYTES[v.type], 'little')
        elif re.fullmatch(r'-?(0x[0-9a-fA-F]+|\d+)U?', text):
            values += (int(text.rstrip('U'), 0) & (2 ** (8 * BYTES[v.type]) - 1)).to_bytes(BYTES[v.type], 'little')
        else:
            raise Refused(f'{v.name}: initial value {text}')
    listed = ', '.join(str(b) for b in values)
    return (f'extern unsigned char variable_{number}[{bytes_}] asm("{v.name}");\n'
            f'alignas({v.align}) __attribute__((weak)) unsigned char variable_{number}[{bytes_}] = {{{listed}}};')


def place_shared(variables):
    """Offsets of a kernel's shared arrays; dynamic memory follows the static ones."""
    offsets, end = {}, 0
    for v in variables:
        if v.space == 'shared' and v.count > 0:
            end = (end + v.align - 1) // v.align * v.align
            offsets[v.name] = end
            end += BYTES[v.type] * v.count
    dynamic = (end + 127) // 128 * 128
    for v in variables:
        if v.space == 'shared' and v.count == 0:
            offsets[v.name] = dynamic
    return offsets, end, dynamic


def declarations(registers):
    """C++ declarations of registers (type, name), which hold bits: f32 and s32 live in the same unsigned word."""
    names = {}
    for type_, name in registers:
        names.setdefault(CPP[bits_of(type_)], []).append(identifier(name))
    return ' '.join(f'{type_} {", ".join(named)};' for type_, named in names.items())


def statements_of(kernel, translator):
    lines, place = [], None
    scopes = {}
    for scope, type_, name in kernel.registers:
        scopes.setdefault(scope, []).append((type_, name))
    translator.declare(scopes.get(0, []))
    for s in kernel.statements:
        if s.kind == 'label':
            lines.append(f'{identifier(s.text)}:;')
        elif s.kind == 'open':
            local = scopes.get(int(s.text), [])
            translator.declare(local)
            lines.append('{ ' + declarations(local))
        elif s.kind == 'close':
            translator.forget()
            lines.append('}')
        elif s.kind == 'instruction':
            if s.place != place:
                lines.append(f'#line {max(s.place[1], 1)} "{s.place[0]}"')
                place = s.place
            try:
                lines.append(translator.translate(s))
            except (Refused, KeyError, IndexError, ValueError) as problem:
                raise Refused(f'{s.where()}: {s.text}: {problem}') from problem
    return lines


def function_of(kernel, symbols, shared_variables):
    """The kernel as a function named kernel_NUMBER."""
    shared, static_bytes, dynamic = place_shared(shared_variables + kernel.variables)
    local = [v for v in kernel.variables if v.space == 'local']
    names = dict(symbols)
    names.update({name: f'{offset}u' for name, offset in shared.items()})
    names.update({v.name: f'reinterpret_cast<std::uint64_t>({identifier(v.name)})' for v in local})
    targets = {s.text: s.operands for s in kernel.statements if s.kind == 'targets'}
    names.update({name: f'reinterpret_cast<std::uint64_t>(arguments[{i}])'
                  for i, (name, _) in enumerate(kernel.parameters)})
    translator = Translator(names, targets)
    body = statements_of(kernel, translator)
    text = '\n'.join(body)
    used = set(re.findall(r'\bv_\w+', text))
    out = ['void kernel_NUMBER([[maybe_unused]] void* const* arguments) {',
           f'  [[maybe_unused]] static constinit char key = 0;',
           f'  [[maybe_unused]] const ptx::block_memory shared(&key, {static_bytes}, {dynamic});']
    registers = [(type_, name) for scope, type_, name in kernel.registers if scope > 0 or identifier(name) in used]
    if sum(BYTES[type_] for type_, _ in registers) > MOST_REGISTER_BYTES:
        raise Refused(f'{kernel.name}: more registers than the stack of a fiber holds')
    out.append('  ' + declarations((type_, name) for scope, type_, name in kernel.registers
                                   if scope == 0 and identifier(name) in used))
    out += [f'  alignas({v.align}) unsigned char {identifier(v.name)}[{BYTES[v.type] * v.count}];' for v in local]
    return '\n'.join(out + body + ['}'])


def host_name(name):
    """g++'s name of a kernel in an unnamed namespace, which nvcc names after the file; None for other kernels."""
    unnamed = re.compile(r'_GLOBAL__N__[0-9a-f]{8}_\d+_\w+_[0-9a-f]{8}')
    for m in re.finditer(r'\d+(?=_GLOBAL__N__)', name):
        for digits in (m[0][i:] for i in range(len(m[0]))):
            identifier_end = m.end() + int(digits)
            if digits[0] != '0' and unnamed.fullmatch(name[m.end():identifier_end]):
                return name[:m.end() - len(digits)] + '12_GLOBAL__N_1' + name[identifier_end:]
    return None


def registration(number, architecture, source, kernel):
    run = f'kernel_{number}, {kernel.max_threads});'
    registered = f'const emulation::replayed_kernel registered_{number}_{architecture}({architecture}, '
    if local := host_name(kernel.name):
        return f'{registered}"{source}", "{local}", {run}'
    return (f'__attribute__((weak)) void host_{number}_{architecture}() asm("{kernel.name}");\n'
            f'{registered}reinterpret_cast<const void*>(host_{number}_{architecture}), {run}')


class Translation:
    """The kernels of a module as C++, and the architectures that each is registered for."""

    def __init__(self, architecture, source, module):
        self.source, self.variables = source, module.variables
        symbols = {v.name: f'reinterpret_cast<std::uint64_t>(variable_{i})'
                   for i, v in enumerate(module.variables) if v.space != 'shared'}
        shared = [v for v in module.variables if v.space == 'shared']
        self.functions = [(kernel, function_of(kernel, symbols, shared)) for kernel in module.kernels]
        self.architectures = [[architecture] for _ in module.kernels]

    def take(self, later):
        """What a later translation has alike is registered here, and no longer there."""
        if later.variables != self.variables:
            return
        mine = {(k.name, k.max_threads, text): i for i, (k, text) in enumerate(self.functions)}
        for i, (kernel, text) in enumerate(later.functions):
            same = mine.get((kernel.name, kernel.max_threads, text))
            if same is not None and later.architectures[i]:
                self.architectures[same] += later.architectures[i]
                later.architectures[i] = []

    def text(self):
        numbered = [(i, kernel, text) for i, (kernel, text) in enumerate(self.functions) if self.architectures[i]]
        if not numbered:
            return '// Every kernel is in the translation for another architecture.\n'
        out = [preface(''.join(text for _, _, text in numbered))]
        out += [host_variable(i, v) for i, v in enumerate(self.variables) if v.space != 'shared']
        out.append('namespace {')
        out += [text.replace('kernel_NUMBER', f'kernel_{i}', 1) for i, _, text in numbered]
        out += [registration(i, architecture, self.source, kernel)
                for i, kernel, _ in numbered for architecture in self.architectures[i]]
        return '\n'.join(out + ['}  // namespace', ''])


def read_checked(path):
    with open(path) as file:
        module = read_module(file.read())
    if found := lint(path, module):
        sys.exit('\n'.join(['parity forbids:'] + found))
    return module


def main(arguments):
    if arguments[:1] == ['--lint'] and len(arguments) > 1:
        for path in arguments[1:]:
            read_checked(path)
        return
    if not arguments or len(arguments) % 3:
        sys.exit(__doc__)
    translations = []
    for architecture, path in zip(arguments[::3], arguments[1::3]):
        source = os.path.splitext(os.path.basename(path))[0] + '.cu'
        translations.append(Translation(int(architecture), source, read_checked(path)))
    for i, earlier in enumerate(translations):
        for later in translations[i + 1:]:
            earlier.take(later)
    for translation, path in zip(translations, arguments[2::3]):
        with open(path, 'w') as file:
            file.write(translation.text())


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except Refused as problem:
        sys.exit(f'ptx_to_cpp: {problem}')
