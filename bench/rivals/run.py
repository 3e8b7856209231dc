#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fluxel beside PyTorch, CV-CUDA and NPP on a CUDA device: a table in Markdown and JSON. See README.md."""
import argparse
import json
import sys

from library import Library


def row(case, lib, clock):
    """who -> microseconds, mode and part of the copy's rate; or why there is no time."""
    import torch
    count = clock.pairs_for(case.bytes())
    half = case.bytes() // 2
    blocks = [torch.empty(2 * half, dtype=torch.uint8, device='cuda') for _ in range(count)]
    copy, mode = clock.time(lambda i, stream: blocks[i][:half].copy_(blocks[i][half:]), count)
    del blocks
    results = {'copy': {'us': copy, 'mode': mode}}
    S, D = case.buffers(count)
    for who, call in case.calls(case, lib, S, D):
        if call is None:
            continue
        try:
            us, mode = clock.time(call, count)
            results[who] = {'us': us, 'mode': mode, 'of_copy': copy / us}
        except Exception as problem:  # one that fails must not end the comparison
            results[who] = {'failed': str(problem)[:200]}
    del S, D
    torch.cuda.empty_cache()
    return results


def cell(result):
    if result is None:
        return ''
    if 'failed' in result:
        return 'failed'
    of_copy = f' ({100 * result["of_copy"]:.0f} %)' if 'of_copy' in result else ''
    return f'{result["us"]:.2f}{of_copy}{" E" if result["mode"] == "E" else ""}'


def markdown(report):
    columns = ['copy', 'fluxel', 'CV-CUDA', 'NPP', 'PyTorch', 'cuDNN fp32', 'cuDNN tf32']
    columns = [c for c in columns if any(c in r for r in report['cases'].values())]
    lines = [f'fluxel {report["fluxel"]} on {report["device"]}; beside it: {", ".join(report["others"])}.', '',
             'Microseconds (% of a copy of the same bytes); E: plain calls, else graph replays.', '',
             '| case | ' + ' | '.join(columns) + ' |', '|---' * (len(columns) + 1) + '|']
    for name, results in report['cases'].items():
        lines.append(f'| {name} | ' + ' | '.join(cell(results.get(c)) for c in columns) + ' |')
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--library', required=True, help='libfluxel.so, built with CUDA')
    parser.add_argument('-o', '--output', default='rivals', help='writes OUTPUT.md and OUTPUT.json')
    parser.add_argument('--only', default='', help='cases whose name contains this')
    options = parser.parse_args()
    try:
        lib = Library(options.library)
    except OSError as problem:
        sys.exit(f'rivals: {problem}')
    if reason := lib.why_no_device():
        sys.exit(f'rivals: no CUDA device: {reason}')
    try:
        import torch
    except ImportError:
        sys.exit('rivals: PyTorch is needed: it holds the memory and takes the times')
    if not torch.cuda.is_available():
        sys.exit('rivals: this PyTorch has no CUDA')
    import cases
    import others
    from timing import Clock
    clock = Clock()
    report = {'fluxel': lib.version(), 'device': torch.cuda.get_device_name(0), 'others': others.names(), 'cases': {}}
    for case in cases.all_cases():
        if options.only in case.name:
            report['cases'][case.name] = row(case, lib, clock)
            print(case.name, {w: cell(r) for w, r in report['cases'][case.name].items()}, flush=True)
    with open(options.output + '.json', 'w') as file:
        json.dump(report, file, indent=1)
    with open(options.output + '.md', 'w') as file:
        file.write(markdown(report))


if __name__ == '__main__':
    main()
