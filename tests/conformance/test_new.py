"""scripts/new.py starts things that compile, are registered and documented: run in a copy of the tree, compiled, never built."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = ["apps", "docs", "lib", "policies", "rules", "scripts", "testdata", "tests"]


class New(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        for name in COPIED:
            shutil.copytree(ROOT / name, cls.root / name, ignore=shutil.ignore_patterns("__pycache__", "corpus*"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_script(self, *words):
        return subprocess.run([sys.executable, str(self.root / "scripts" / words[0]), *words[1:]], capture_output=True, text=True,
                              check=False, env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"})

    def compile(self, *files):
        run = subprocess.run(["c++", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                              "-Wno-missing-field-initializers", "-I", "lib", "-I", "tests",
                              *files], cwd=self.root, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)

    def missing(self):
        """What check_registries.py says is missing; a summary is one line that begins with `registries:`."""
        lines = self.run_script("check_registries.py").stdout.splitlines()
        return {line for line in lines if not line.startswith("registries:")}

    def start(self, *words):
        before = self.missing()
        run = self.run_script("new.py", *words)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertEqual(self.missing() - before, set())
        again = self.run_script("new.py", *words)
        self.assertEqual(again.returncode, 1)
        self.assertIn("exists already", again.stderr)

    def test_check(self):
        self.start("check", "zz-new-check")
        self.start("check", "aa-new-check")
        self.compile("lib/rules/zz_new_check_check.cpp", "lib/rules/check_registry.cpp",
                     "tests/unit/rules/zz_new_check_check_test.cpp")

    def test_format(self):
        self.start("format", "zz-new-format")
        self.start("format", "aa-new-format")
        self.compile("lib/manifest/zz_new_format_format.cpp", "lib/manifest/format_registry.cpp")

    def test_writer(self):
        self.start("writer", "new-writer")
        self.compile("lib/report/new_writer_writer.cpp", "lib/report/writer_registry.cpp",
                     "tests/unit/report/new_writer_writer_test.cpp")

    def test_rule(self):
        self.start("rule", "quality/new-rule")
        self.assertIn("new rule placeholder", (self.root / "rules/quality/new-rule.toml").read_text())

    def test_wrong_words(self):
        for words in [(), ("check",), ("check", "Bad_Name"), ("rule", "no-category"), ("check", "a/b"), ("tool", "x")]:
            self.assertEqual(self.run_script("new.py", *words).returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
