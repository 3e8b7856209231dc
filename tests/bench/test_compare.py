#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py: which library a row is compared with, what --with merges, and what it refuses."""
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'bench')
sys.path.insert(0, BENCH)
import compare  # noqa: E402


def row(case, who, ms, error=None, threads=1):
    name = f'resize_bilinear/{case}/{who}/{threads}/manual_time'
    found = {'name': name, 'run_name': name, 'run_type': 'iteration', 'real_time': ms}
    return found if error is None else dict(found, **{'mean error': error})


def results(*rows):
    return {'context': {'num_cpus': 2, 'date': '2026-01-02T00:00:00', 'fluxel': 'AVX2', 'opencv': '4'},
            'benchmarks': list(rows)}


def printed(*rows):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        compare.print_table(results(*rows), fastest=False)
    return text.getvalue()


class Table(unittest.TestCase):
    def test_only_results_of_equal_accuracy_are_compared(self):
        text = printed(row('a', 'cpu', 2.0, .25), row('a', 'opencv', 4.0, .26), row('a', 'fast', 1.0, 1.5))
        self.assertIn('| (1.000) | 4.000 | opencv | 0.50 |', text)
        self.assertIn('0 rows behind', text)

    def test_a_row_behind_is_named(self):
        text = printed(row('a', 'cpu', 2.0, .25), row('a', 'opencv', 1.0, .25))
        self.assertIn('1 rows behind a library of equal accuracy: resize_bilinear/a', text)

    def test_medians(self):
        text = printed(row('a', 'cpu', 1.0), row('a', 'cpu', 9.0), row('a', 'cpu', 2.0), row('a', 'opencv', 4.0))
        self.assertIn('| 2.000 | 4.000 | opencv | 0.50 |', text)


class Others(unittest.TestCase):
    def program(self, folder, name, rows):
        """A bench that writes these rows."""
        path = os.path.join(folder, name)
        with open(path, 'w') as f:
            f.write(f'#!{sys.executable}\nimport json, sys\n'
                    "out = next(a.partition('=')[2] for a in sys.argv if a.startswith('--benchmark_out='))\n"
                    f'json.dump(json.loads({json.dumps(json.dumps(results(*rows)))}), open(out, "w"))\n')
        os.chmod(path, 0o755)
        return path

    def run_compare(self, *arguments):
        return subprocess.run([sys.executable, os.path.join(BENCH, 'compare.py'), *arguments], capture_output=True,
                              text=True)

    def test_with_merges_another_program(self):
        with tempfile.TemporaryDirectory() as folder:
            ours = self.program(folder, 'ours', [row('a', 'cpu', 2.0, .25)])
            other = self.program(folder, 'other', [row('a', 'other', 8.0, .25)])
            done = self.run_compare(ours, '--with', f'Other={other}', '--rounds', '3')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('| 2.000 | 8.000 | other | 0.25 |', done.stdout)
        self.assertIn('medians of 3', done.stdout)

    def test_a_program_that_is_not_there_is_refused(self):
        done = self.run_compare('bench', '--with', 'Other=/no/such/program')
        self.assertEqual(done.returncode, 2)
        self.assertIn('--with Other=/no/such/program', done.stderr)


if __name__ == '__main__':
    unittest.main()
