# SPDX-License-Identifier: Apache-2.0
"""One PTX instruction as one C++ statement over include/replay/*.hpp."""
from .module import BYTES, Refused
from .operands import CPP, Operands, bits_of, identifier, is_float, is_integer

WIDER = {'u16': 'u32', 's16': 's32', 'u32': 'u64', 's32': 's64'}
SPACES = ('param', 'global', 'shared', 'const', 'local')

# name -> number of operands of the instruction's own type; the C++ function has the same name
SAME_TYPE = {'add': 2, 'sub': 2, 'div': 2, 'rem': 2, 'min': 2, 'max': 2, 'neg': 1, 'abs': 1, 'and_': 2, 'or_': 2,
             'xor_': 2, 'not_': 1, 'cnot': 1, 'sqrt': 1, 'rcp': 1, 'fma': 3, 'copysign': 2, 'sad': 3, 'brev': 1}
WORDS = {'and': 'and_', 'or': 'or_', 'xor': 'xor_', 'not': 'not_'}   # alternative tokens in C++
# What is an operator on unsigned words (they wrap), and on floats.
OPERATORS = {'add': '+', 'sub': '-', 'and_': '&', 'or_': '|', 'xor_': '^', 'neg': '-', 'not_': '~'}
FLOAT_OPERATORS = {'add': '+', 'sub': '-', 'div': '/', 'neg': '-'}
COUNTS = {('popc',): 'popc', ('clz',): 'clz', ('bfind',): 'bfind', ('bfind', 'shiftamt'): 'bfind_shift'}
COMPARE = {'eq': 'eq', 'ne': 'ne', 'lt': 'lt', 'le': 'le', 'gt': 'gt', 'ge': 'ge', 'lo': 'lt', 'ls': 'le', 'hi': 'gt',
           'hs': 'ge', 'equ': 'equ', 'neu': 'neu', 'ltu': 'ltu', 'leu': 'leu', 'gtu': 'gtu', 'geu': 'geu',
           'num': 'num', 'nan': 'nan'}
COMPARISONS = {'eq': '==', 'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>='}   # ordered, for floats too; `ne` is not


class Translator(Operands):
    """Method op_X translates instruction X; `targets` are the jump tables of the kernel."""

    def __init__(self, symbols, targets=()):
        super().__init__(symbols)
        self.targets = dict(targets)

    def translate(self, s):
        text = self.instruction(s)
        if not s.guard:
            return text
        return f'if ({"!" if s.negated else ""}{identifier(s.guard)}) {{ {text} }}'

    def instruction(self, s):
        name = s.parts[0]
        method = getattr(self, 'op_' + name, None)
        if method:
            return method(s, s.parts[1:], s.parts[-1], s.operands)
        name = WORDS.get(name, name)
        type_ = s.parts[-1]
        if name in SAME_TYPE and type_ in CPP:
            operands = s.operands[1:1 + SAME_TYPE[name]]
            packed = type_.endswith('x2')
            if set(s.parts[1:-1]) - {'rn', 'relu'}:
                raise Refused('unknown instruction')
            suffix = '_relu' if 'relu' in s.parts else ''
            if packed:
                return self.put(s.operands[0], f'ptx::packed_{name}{suffix}<{CPP[type_]}>({self.reads(operands, "b32")})', 'b32')
            if not suffix and (expression := self.plain(name, type_, operands)):
                return self.put(s.operands[0], expression, type_)
            return self.put(s.operands[0], f'ptx::{name}{suffix}<{CPP[type_]}>({self.reads(operands, type_)})', type_)
        if s.parts[:-1] in COUNTS:
            return self.put(s.operands[0], f'ptx::{COUNTS[s.parts[:-1]]}({self.read(s.operands[1], type_)})', 'u32')
        raise Refused('unknown instruction')

    def plain(self, name, type_, operands):
        """The expression of C++ that does what the instruction does, or None."""
        if is_float(type_):
            if name == 'fma':
                return f'__builtin_fma{"f" if type_ == "f32" else ""}({self.reads(operands, type_)})'
            operator, values = FLOAT_OPERATORS.get(name), [self.read(o, type_) for o in operands]
        elif name in ('min', 'max') and is_integer(type_):
            a, b = (self.read(o, type_) for o in operands)
            return f'({b} < {a} ? {b} : {a})' if name == 'min' else f'({a} < {b} ? {b} : {a})'
        elif type_ == 'pred' and name == 'not_':
            operator, values = '!', [self.read(operands[0], type_)]
        else:
            operator, values = OPERATORS.get(name), [self.read(o, bits_of(type_)) for o in operands]
        if operator is None:
            return None
        return f'{values[0]} {operator} {values[1]}' if len(values) == 2 else f'{operator}{values[0]}'

    def op_ret(self, s, mods, type_, ops):
        return 'return;'

    op_exit = op_ret

    def op_trap(self, s, mods, type_, ops):
        return 'emulation::fail("trap", HERE);'

    def op_bra(self, s, mods, type_, ops):
        return f'goto {identifier(ops[0])};'

    def op_brx(self, s, mods, type_, ops):
        cases = ' '.join(f'case {i}: goto {identifier(t)};' for i, t in enumerate(self.targets[ops[1]]))
        return f'switch ({self.read(ops[0], "u32")}) {{ {cases} default: emulation::fail("a jump past its table", HERE); }}'

    def op_bar(self, s, mods, type_, ops):
        if 'warp' in mods:
            return f'emulation::warp_ballot({self.read(ops[0], "b32")}, false, HERE);'
        if 'red' in mods:
            predicate = self.read(ops[-1], 'pred')
            if 'popc' in mods:
                return self.put(ops[0], f'emulation::block_barrier({predicate}, HERE)', 'u32')
            if 'or' in mods:
                return self.put(ops[0], f'(emulation::block_barrier({predicate}, HERE) != 0)')
            return self.put(ops[0], f'(emulation::block_barrier(!{predicate}, HERE) == 0)')
        if len(ops) != 1 or ops[0] != '0':
            raise Refused('a barrier of a part of the block')
        return 'emulation::block_barrier(false, HERE);'

    op_barrier = op_bar

    def op_membar(self, s, mods, type_, ops):
        return '__threadfence();'

    op_fence = op_membar

    def op_prefetch(self, s, mods, type_, ops):
        return ';'

    op_prefetchu = op_griddepcontrol = op_prefetch

    def op_mov(self, s, mods, type_, ops):
        target, source = ops
        type_ = bits_of(type_)
        if target.startswith('{'):
            parts = [p.strip() for p in target.strip('{}').split(',')]
            part = f'b{8 * BYTES[type_] // len(parts)}'
            puts = ' '.join(self.put(p, f'{CPP[part]}(whole >> {i * int(part[1:])})', part) for i, p in enumerate(parts))
            return f'{{ const {CPP[type_]} whole = {self.read(source, type_)}; {puts} }}'
        if source.startswith('{'):
            parts = [p.strip() for p in source.strip('{}').split(',')]
            bits = 8 * BYTES[type_] // len(parts)
            joined = ' | '.join(f'{CPP[type_]}({self.read(p, f"b{bits}")}) << {i * bits}' for i, p in enumerate(parts))
            return self.put(target, joined, type_)
        return self.put(target, self.read(source, type_), type_)

    def op_cvta(self, s, mods, type_, ops):
        if 'shared' not in mods:
            return self.put(ops[0], self.read(ops[1], type_))
        if 'to' in mods:
            return self.put(ops[0], f'std::uint64_t{{shared.offset_of({self.read(ops[1], "u64")}, HERE)}}')
        return self.put(ops[0], f'shared.generic({self.read(ops[1], "u64")})')

    def op_ld(self, s, mods, type_, ops):
        space = next((m for m in mods if m in SPACES), 'generic')
        targets = [t.strip() for t in ops[0].strip('{}').split(',')]
        if type_[0] != 's':     # they extend into a wider register by their sign
            type_ = bits_of(type_)
        if space == 'param':    # parameters lie where the launch put them
            base, offset = self.address(ops[1])
            return ' '.join(
                self.put(t, f'*reinterpret_cast<const {CPP[type_]}*>({self.value(base)} + ({offset + i * BYTES[type_]}))', type_)
                for i, t in enumerate(targets))
        pointer = self.pointer(ops[1], space, type_, len(targets))
        if len(targets) == 1:
            return self.put(targets[0], f'*{pointer}', type_)
        puts = ' '.join(self.put(t, f'at[{i}]', type_) for i, t in enumerate(targets))
        return f'{{ const auto* at = {pointer}; {puts} }}'

    def op_st(self, s, mods, type_, ops):
        space = next((m for m in mods if m in SPACES), 'generic')
        values = [v.strip() for v in ops[1].strip('{}').split(',')]
        type_ = bits_of(type_)
        pointer = self.pointer(ops[0], space, type_, len(values))
        if len(values) == 1:
            return f'*{pointer} = {self.read(values[0], type_)};'
        puts = ' '.join(f'at[{i}] = {self.read(v, type_)};' for i, v in enumerate(values))
        return f'{{ auto* at = {pointer}; {puts} }}'

    def op_atom(self, s, mods, type_, ops):
        functions = {'add': 'Add', 'min': 'Min', 'max': 'Max', 'exch': 'Exch', 'and': 'And', 'or': 'Or', 'xor': 'Xor',
                     'cas': 'CAS', 'inc': 'Inc'}
        function = next((functions[m] for m in mods if m in functions), None)
        if not function:
            raise Refused('unknown instruction')
        space = next((m for m in mods if m in SPACES), 'generic')
        first = 0 if s.parts[0] == 'red' else 1
        call = f'atomic{function}({self.pointer(ops[first], space, type_)}, {self.reads(ops[first + 1:], type_)})'
        return f'{call};' if first == 0 else self.put(ops[0], call, type_)

    op_red = op_atom

    def op_shfl(self, s, mods, type_, ops):
        target, _, valid = ops[0].partition('|')
        value, lane, clamp, mask = (self.read(o, 'b32') for o in ops[1:5])
        result = f'ptx::shuffle<ptx::shuffle_mode::{mods[1]}>({mask}, {value}, {lane}, {clamp}, HERE)'
        puts = self.put(target, 'moved.value', 'b32') + (' ' + self.put(valid, 'moved.valid', 'pred') if valid else '')
        return f'{{ const auto moved = {result}; {puts} }}'

    def op_redux(self, s, mods, type_, ops):
        if 'add' not in mods:
            raise Refused('unknown instruction')
        return self.put(ops[0], f'ptx::sum_of_warp({self.read(ops[2], "b32")}, {self.read(ops[1], "b32")}, HERE)', 'b32')

    def op_vote(self, s, mods, type_, ops):
        predicate, mask = self.read(ops[1], 'pred'), self.read(ops[2], 'b32')
        if 'ballot' in mods:
            return self.put(ops[0], f'emulation::warp_ballot({mask}, {predicate}, HERE)', 'b32')
        if 'any' in mods:
            return self.put(ops[0], f'(emulation::warp_ballot({mask}, {predicate}, HERE) != 0)')
        if 'all' in mods:
            return self.put(ops[0], f'(emulation::warp_ballot({mask}, !{predicate}, HERE) == 0)')
        raise Refused('unknown instruction')

    def op_cp(self, s, mods, type_, ops):
        if mods[0] != 'async' or 'bulk' in mods:
            raise Refused('unknown instruction')
        if 'commit_group' in mods:
            return 'emulation::commit_copies();'
        if 'wait_all' in mods:
            return 'emulation::commit_copies(); emulation::wait_for_copies(0, HERE);'
        if 'wait_group' in mods:
            return f'emulation::wait_for_copies({ops[0]}, HERE);'
        size = int(ops[2])
        words = f'b{8 * min(size, 8)}'
        to = self.pointer(ops[0], 'shared', words, size // BYTES[words])
        source = self.pointer(ops[1], 'global', words, size // BYTES[words])
        bytes_read = self.read(ops[3], 'u32') if len(ops) > 3 else f'{size}u'
        return f'ptx::copy_async({to}, {source}, {size}, {bytes_read});'

    def op_setp(self, s, mods, type_, ops):
        name = COMPARE[mods[0]]
        operator = '!=' if name == 'ne' and not is_float(type_) else COMPARISONS.get(name)
        if operator and (is_integer(type_) or is_float(type_)):
            test = f'{self.read(ops[1], type_)} {operator} {self.read(ops[2], type_)}'
        else:
            test = f'ptx::{name}({self.reads(ops[1:3], type_)})'
        if len(mods) == 3:
            test = f'(({test}) {dict([("and", "&&"), ("or", "||"), ("xor", "!=")])[mods[1]]} {self.read(ops[3], "pred")})'
        yes, _, no = ops[0].partition('|')
        if not no:
            return self.put(yes, test, 'pred')
        return f'{{ const bool holds = {test}; {self.put(yes, "holds", "pred")} {self.put(no, "!holds", "pred")} }}'

    def op_selp(self, s, mods, type_, ops):
        bits = bits_of(type_)
        return self.put(ops[0], f'({self.read(ops[3], "pred")} ? {self.read(ops[1], bits)} : {self.read(ops[2], bits)})', bits)

    def op_testp(self, s, mods, type_, ops):
        return self.put(ops[0], f'ptx::is_{mods[0]}({self.read(ops[1], type_)})', 'pred')

    def op_mul(self, s, mods, type_, ops):
        if is_float(type_):
            return self.put(ops[0], f'{self.read(ops[1], type_)} * {self.read(ops[2], type_)}', type_)
        half = next((m for m in mods if m in ('lo', 'hi', 'wide')), None)
        if half is None or type_ not in CPP or 'cc' in mods:
            raise Refused('unknown instruction')
        result = WIDER[type_] if half == 'wide' else type_
        if half == 'hi':
            product = f'ptx::mul_hi<{CPP[type_]}>({self.reads(ops[1:3], type_)})'
        elif half == 'wide':
            product = f'{CPP[result]}({self.read(ops[1], type_)}) * {CPP[result]}({self.read(ops[2], type_)})'
        else:   # below 32 bits, operands would become signed
            word = f'u{max(32, 8 * BYTES[type_])}'
            product = ' * '.join(f'{word}({self.read(o, bits_of(type_))})' for o in ops[1:3])
        if s.parts[0] == 'mad':
            word = CPP[bits_of(result)]
            product = f'{word}({product}) + {self.read(ops[3], bits_of(result))}'
        return self.put(ops[0], product, result)

    op_mad = op_mul

    def op_shl(self, s, mods, type_, ops):
        by = self.literal(ops[2])
        if by is not None and 0 <= by < 8 * BYTES[type_]:
            left = s.parts[0] == 'shl'
            shifted = f'{self.read(ops[1], bits_of(type_) if left else type_)} {"<<" if left else ">>"} {by}'
            return self.put(ops[0], shifted, type_)
        return self.put(ops[0], f'ptx::{s.parts[0]}<{CPP[type_]}>({self.read(ops[1], type_)}, {self.read(ops[2], "u32")})', type_)

    op_shr = op_shl

    def op_shf(self, s, mods, type_, ops):
        return self.put(ops[0], f'ptx::shf_{mods[0]}_{mods[1]}({self.reads(ops[1:4], "b32")})', 'b32')

    def op_prmt(self, s, mods, type_, ops):
        if len(mods) != 1:
            raise Refused('unknown instruction')
        selector = self.literal(ops[3])
        if selector is not None and selector & ~0x7777 == 0:
            return self.put(ops[0], self.permuted(ops, selector), 'b32')
        return self.put(ops[0], f'emulation::permute({self.reads(ops[1:4], "b32")})', 'b32')

    def permuted(self, ops, selector):
        """prmt without signs: runs of bytes, shifted to their places."""
        chosen, runs = [selector >> 4 * i & 7 for i in range(4)], []
        for place, byte in enumerate(chosen):
            if place and byte == chosen[place - 1] + 1 and byte != 4:
                runs[-1][2] += 1
            else:
                runs.append([place, byte, 1])
        terms = []
        for place, byte, length in runs:
            mask = (1 << 8 * length) - 1
            word = self.read(ops[1 + byte // 4], 'b32')
            terms.append(f'({word} >> {8 * (byte % 4)} & {mask:#x}u) << {8 * place}')
        return ' | '.join(terms)

    def op_lop3(self, s, mods, type_, ops):
        if len(mods) != 1:
            raise Refused('unknown instruction')
        return self.put(ops[0], f'ptx::lop3({self.reads(ops[1:5], "b32")})', 'b32')

    def op_bfe(self, s, mods, type_, ops):
        return self.put(ops[0], f'ptx::bfe<{CPP[type_]}>({self.read(ops[1], type_)}, {self.reads(ops[2:4], "u32")})', type_)

    def op_bfi(self, s, mods, type_, ops):
        return self.put(ops[0], f'ptx::bfi<{CPP[type_]}>({self.reads(ops[1:3], type_)}, {self.reads(ops[3:5], "u32")})', type_)

    def op_dp4a(self, s, mods, type_, ops):
        a, b = CPP[mods[0][0] + '8'], CPP[mods[1][0] + '8']
        return self.put(ops[0], f'emulation::dot4<{a}, {b}>({self.reads(ops[1:4], "b32")})', 'b32')

    def op_dp2a(self, s, mods, type_, ops):
        a, b = CPP[mods[1][0] + '16'], CPP[mods[2][0] + '8']
        halves, bytes_, sum_ = (self.read(o, 'b32') for o in ops[1:4])
        first = 16 if mods[0] == 'hi' else 0
        return self.put(ops[0], f'{sum_} + u32({a}({halves})) * u32({b}({bytes_} >> {first})) + '
                                f'u32({a}({halves} >> 16)) * u32({b}({bytes_} >> {first + 8}))', 'b32')

    def op_vabsdiff4(self, s, mods, type_, ops):
        if mods not in (('u32', 'u32', 'u32'), ('u32', 'u32', 'u32', 'add')):
            raise Refused('unknown instruction')
        differences = f'__vabsdiffu4({self.reads(ops[1:3], "b32")})'
        if mods[-1] == 'add':
            differences = f'emulation::dot4<u8, u8>({differences}, 0x01010101u, {self.read(ops[3], "b32")})'
        return self.put(ops[0], differences, 'b32')

    def op_cvt(self, s, mods, type_, ops):
        if mods[0] == 'pack':
            return self.put(ops[0], f'ptx::pack_saturated<{CPP[mods[2]]}>({self.reads(ops[1:3], "s32")}, '
                                    f'{self.read(ops[3], "b32") if len(ops) > 3 else "0u"})', 'b32')
        to, source = mods[-2], mods[-1]
        how = [m for m in mods[:-2] if m != 'sat']
        if to not in CPP or source not in CPP or how not in ([], ['rn'], ['rni'], ['rzi'], ['rmi'], ['rpi']):
            raise Refused('unknown instruction')
        value = self.read(ops[1], source)
        if is_integer(source) and 'sat' not in mods and (is_integer(to) or is_float(to)):
            return self.put(ops[0], f'{CPP[to]}({value})', to)
        if how and how != ['rn']:
            value = f'ptx::{how[0]}({value})'
        kind = 'convert_saturated' if 'sat' in mods else 'convert'
        return self.put(ops[0], f'ptx::{kind}<{CPP[to]}>({value})', to)
