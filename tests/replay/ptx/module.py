# SPDX-License-Identifier: Apache-2.0
"""Reads the PTX that nvcc writes: variables, kernels, statements and where each comes from in the source."""
import re
from dataclasses import dataclass, field


class Refused(Exception):
    """PTX that parity forbids or that the replay does not know."""


@dataclass
class Variable:
    space: str      # const, global or shared
    name: str
    type: str
    align: int
    count: int      # elements; 0 for dynamic shared memory
    values: list = field(default_factory=list)


@dataclass
class Statement:
    kind: str               # instruction, label, open, close, targets
    text: str
    place: tuple = ('?', 0)   # file and line of the outermost inlined call
    inner: tuple = ('?', 0)   # file and line of the formula itself
    guard: str = ''         # predicate register
    negated: bool = False
    parts: tuple = ()       # the opcode, split at its dots
    operands: tuple = ()

    def where(self):
        text = f'{self.inner[0]}:{self.inner[1]}'
        if self.inner != self.place:
            text += f' (inlined at {self.place[0]}:{self.place[1]})'
        return text


@dataclass
class Kernel:
    name: str
    parameters: list        # (name, C type or '', bytes)
    max_threads: int
    registers: list = field(default_factory=list)   # (scope, type, name)
    variables: list = field(default_factory=list)
    statements: list = field(default_factory=list)


@dataclass
class Module:
    variables: list
    kernels: list


BYTES = {'pred': 1}
for _bits in (8, 16, 32, 64):
    for _letter in 'bus':
        BYTES[f'{_letter}{_bits}'] = _bits // 8
BYTES.update(f16=2, bf16=2, f32=4, f64=8, f16x2=4, bf16x2=4, s16x2=4, u16x2=4)

_VARIABLE = re.compile(
    r'(?:\.(?:visible|weak|extern)\s+)?\.(const|global|shared|local)\s+(?:\.align\s+(\d+)\s+)?\.(\w+)\s+'
    r'([\w$]+)(\[\d*\])?(?:\s*=\s*(.*?))?;', re.S)
_ENTRY = re.compile(r'^\s*(?:\.visible |\.weak )?\.entry\s+([\w$]+)\((.*?)\)([^{]*)\{(.*?)^\}', re.S | re.M)
_PARAMETER = re.compile(r'\.param\s+(?:\.align\s+\d+\s+)?\.(\w+)\s+(?:\.ptr\s+[^,]*?)?([\w$]+)(?:\[(\d+)\])?$')
_TOKEN = re.compile(
    r'\s*(?:'
    r'\.loc\s+(?P<loc>\d+\s+\d+\s+\d+)(?P<inlined>[^\n]*)\n'
    r'|(?P<label>[$\w]+)\s*:(?!:)'
    r'|(?P<brace>[{}])'
    r'|(?P<statement>[@.\w$][^;]*);)')

_TARGETS = re.compile(r'\s*\.branchtargets\b')


def without_comments(text):
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    return re.sub(r'//[^\n]*', '', text)


def split_operands(text):
    return tuple(x.strip() for x in re.findall(r'(?:\{[^}]*\}|\[[^\]]*\]|[^,{}\[\]])+', text) if x.strip())


def parse_variable(match):
    space, align, type_, name, extent, values = match.groups()
    count = 1 if extent is None else int(extent[1:-1] or 0)
    listed = re.findall(r'[^\s,{}]+', values) if values else []
    return Variable(space, name, type_, int(align or BYTES[type_]), count, listed)


class BodyReader:
    """Splits a kernel's body into statements and keeps track of source lines."""

    def __init__(self, files):
        self.files = files
        self.outer = {}     # inlined position -> position of the call
        self.place = self.inner = ('?', 0)

    def read(self, kernel, body):
        position, depth, scopes = 0, [0], 0
        while (m := _TOKEN.match(body, position)):
            position = m.end()
            if m['loc']:
                self.move_to(tuple(m['loc'].split()), m['inlined'])
            elif m['label'] and _TARGETS.match(body, position):
                end = body.index(';', position)
                names = body[position:end].replace('.branchtargets', '')
                kernel.statements.append(Statement('targets', m['label'], operands=split_operands(names)))
                position = end + 1
            elif m['label']:
                kernel.statements.append(Statement('label', m['label']))
            elif m['brace']:
                if m['brace'] == '{':
                    scopes += 1
                    depth.append(scopes)
                else:
                    depth.pop()
                kernel.statements.append(Statement('open' if m['brace'] == '{' else 'close', str(depth[-1])))
            else:
                self.statement(kernel, m['statement'].strip(), depth[-1])
        if body[position:].strip():
            raise Refused(f'{kernel.name}: cannot read "{body[position:].strip()[:60]}"')

    def move_to(self, position, inlined):
        m = re.search(r'inlined_at\s+(\d+)\s+(\d+)\s+(\d+)', inlined)
        self.outer[position] = m.groups() if m else None
        outermost, seen = position, set()
        while self.outer.get(outermost) and outermost not in seen:
            seen.add(outermost)
            outermost = self.outer[outermost]
        self.inner = (self.files.get(position[0], '?'), int(position[1]))
        self.place = (self.files.get(outermost[0], '?'), int(outermost[1]))

    def statement(self, kernel, text, scope):
        if text.startswith('.reg'):
            for type_, names in re.findall(r'\.reg\s+\.(\w+)\s+(.*)', text, re.S):
                for name in names.split(','):
                    m = re.match(r'%?([\w$]+)(?:<(\d+)>)?', name.strip())
                    plain = [m[1]] if m[2] is None else [f'{m[1]}{i}' for i in range(int(m[2]))]
                    kernel.registers += [(scope, type_, n) for n in plain]
        elif text.startswith(('.shared', '.local')):
            kernel.variables.append(parse_variable(_VARIABLE.match(text + ';')))
        elif not text.startswith('.'):      # .pragma and the like say nothing to the replay
            kernel.statements.append(self.instruction(text))

    def instruction(self, text):
        text = ' '.join(text.split())
        m = re.match(r'@(!?)%?([\w$]+)\s+(.*)', text)
        negated, guard, rest = (m[1] == '!', m[2], m[3]) if m else (False, '', text)
        opcode, _, operands = rest.partition(' ')
        parts = opcode.split('.')
        if parts[-1] == 'relu':     # the one modifier that follows the type
            parts[-2:] = ['relu', parts[-2]]
        return Statement('instruction', text, self.place, self.inner, guard, negated, tuple(parts),
                         split_operands(operands))


def parse_parameter(text):
    m = _PARAMETER.match(' '.join(text.split()))
    if not m:
        raise Refused(f'parameter "{text}"')
    return m[2], int(m[3]) if m[3] else BYTES[m[1]]


def read_module(text):
    files = dict(re.findall(r'^\s*\.file\s+(\d+)\s+"([^"]+)"', text, re.M))
    text = without_comments(text)
    kernels = []
    for m in _ENTRY.finditer(text):
        limit = re.search(r'\.(?:maxntid|reqntid)\s+([\d, ]+)', m[3])
        threads = 1024
        if limit:
            threads = 1
            for extent in limit[1].split(','):
                threads *= int(extent)
        parameters = [parse_parameter(p) for p in m[2].split(',') if p.strip()]
        kernel = Kernel(m[1], parameters, threads)
        BodyReader(files).read(kernel, m[4])
        kernels.append(kernel)
    rest = _ENTRY.sub('', text)
    if re.search(r'^\s*(?:\.visible |\.weak )?\.func\b', rest, re.M):
        raise Refused('a function that was not inlined: mark it __forceinline__')
    return Module([parse_variable(m) for m in _VARIABLE.finditer(rest)], kernels)
