# SPDX-License-Identifier: Apache-2.0
"""Which instructions parity forbids, and why."""

APPROXIMATE = {'sin', 'cos', 'ex2', 'lg2', 'rsqrt', 'tanh'}
ROUNDED = {'add', 'sub', 'mul', 'mad', 'fma', 'div', 'sqrt', 'rcp'}
FLOATS = {'f32', 'f64', 'f32x2'}
HALVES = {'f16', 'f16x2', 'bf16', 'bf16x2'}
MOVES = {'mov', 'ld', 'st', 'cvt', 'selp', 'setp', 'neg', 'abs', 'copysign', 'testp'}
OTHER_UNITS = {
    'mma': 'tensor-core arithmetic', 'wmma': 'tensor-core arithmetic', 'wgmma': 'tensor-core arithmetic',
    'tcgen05': 'tensor-core arithmetic', 'tex': 'texture filtering', 'tld4': 'texture filtering',
    'suld': 'surfaces', 'sust': 'surfaces', 'activemask': 'a result that depends on scheduling',
}


def forbidden(statement):
    """Why parity forbids this instruction, or None."""
    parts = statement.parts
    name, modifiers, type_ = parts[0], parts[1:], parts[-1]
    if name in OTHER_UNITS:
        return OTHER_UNITS[name]
    if 'ftz' in modifiers:
        return 'flushes denormals to zero'
    if name in APPROXIMATE or 'approx' in modifiers or 'full' in modifiers:
        return 'approximate'
    if name in ('atom', 'red') and type_ in FLOATS | HALVES:
        return 'a float atomic: the sum depends on the order'
    if type_ in FLOATS and name in ROUNDED and 'rn' not in modifiers:
        return 'contractible: not marked .rn, so that ptxas may fuse it'
    if type_ in FLOATS and name in ('min', 'max') and {'NaN', 'xorsign'} & set(modifiers):
        return 'a minimum of NaN that no select gives'
    if type_ in HALVES and name not in MOVES:
        return 'arithmetic in half precision: compute in f32 and round once'
    return None
