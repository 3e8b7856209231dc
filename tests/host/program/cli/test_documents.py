#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual page and the completions hold every command and option of the help, and the shells can read them."""
import re
import shutil
import subprocess
import unittest

from support import FLUXEL


def printed(*arguments):
    return subprocess.run([FLUXEL, *arguments], check=True, capture_output=True, text=True).stdout


def commands():
    text = printed("--help")
    return re.findall(r"^  ([a-z]+) ", text[text.index("Subcommands:"):], re.M)


def options(command):
    """The names of the options in a command's help."""
    found = re.findall(r"^  ((?:-\w,)?--?[\w-]+)", printed(command, "--help"), re.M)
    return [name for names in found for name in names.split(",")]


class Documents(unittest.TestCase):
    def test_nothing_is_left_out(self):
        man = printed("documents", "man").replace("\\-", "-")
        shells = {shell: printed("documents", shell) for shell in ("bash", "zsh", "fish")}
        self.assertIn("resize", commands())
        self.assertNotIn("documents", commands())
        for command in commands():
            self.assertIn(f"fluxel {command}", man)
            for option in options(command):
                self.assertRegex(man, rf"\\fB{option}\\fR", f"{command} {option}")
                self.assertRegex(shells["bash"], rf"'{command} -'\*\) words='[^']*{option}\b")
                self.assertIn(f"'{option}[", shells["zsh"])
                self.assertIn(f"-l {option[2:]} " if option.startswith("--") else f"-s {option[1:]} ", shells["fish"])

    def test_flags_take_no_value(self):
        man = printed("documents", "man").replace("\\-", "-")
        self.assertIn("\\fB-y\\fR\nReplace", man)
        self.assertIn("\\fB--size\\fR \\fIWxH\\fR\n", man)
        self.assertIn("[Replace an existing output]'", printed("documents", "zsh"))

    def test_another_kind_is_refused(self):
        ran = subprocess.run([FLUXEL, "documents", "tcsh"], capture_output=True, text=True)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""))
        self.assertIn("tcsh", ran.stderr)

    def complete(self, *words):
        """What bash offers for the last word."""
        script = printed("documents", "bash") + f"""
COMP_WORDS=({' '.join(f"'{w}'" for w in words)}); COMP_CWORD={len(words) - 1}
_fluxel; printf '%s\\n' "${{COMPREPLY[@]}}" """
        ran = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)
        self.assertEqual(ran.stderr, "")
        return ran.stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("fluxel", "re"), ["resize"])
        self.assertEqual(self.complete("fluxel", "resize", "--sca"), ["--scale"])
        self.assertEqual(self.complete("fluxel", "upsample", "--sca"), [])
        self.assertIn("lanczos3", self.complete("fluxel", "resize", "--filter", "l"))
        self.assertEqual(self.complete("fluxel", "resize", "--fit", ""), ["stretch", "contain", "cover", "pad"])
        self.assertEqual(self.complete("fluxel", "resize", "in.m"), [])  # readline offers files

    def test_shells_can_read_them(self):
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            if shutil.which(check[0]):
                ran = subprocess.run([*check, "/dev/stdin"], input=printed("documents", shell), capture_output=True,
                                     text=True)
                self.assertEqual((ran.returncode, ran.stderr), (0, ""), shell)

    @unittest.skipUnless(shutil.which("groff"), "groff is missing")
    def test_roff_can_read_the_page(self):
        ran = subprocess.run(["groff", "-man", "-Tascii", "-ww"], input=printed("documents", "man"),
                             capture_output=True, text=True)
        self.assertEqual(ran.stderr, "")
        self.assertIn("frame%04d.png", ran.stdout)


if __name__ == "__main__":
    unittest.main()
