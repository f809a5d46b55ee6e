"""The templates of docs/credentials.md keep the key to themselves."""

import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "templates"
KEY = "k-4f9a7c21d5e8"
# Says what it was given: its arguments, and what came by its standard input when asked to.
CURL = """#!/bin/sh
printf '%s\\n' "$@" > "$(dirname "$0")/arguments"
cat > "$(dirname "$0")/config"
if grep -q /leak "$(dirname "$0")/config"; then cat "$(dirname "$0")/config"; else echo '{"issues": []}'; fi
"""


class Wrapper(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "key").write_text(KEY + "\n", encoding="utf-8")
        text = (TEMPLATES / "key-wrapper.sh").read_text(encoding="utf-8")
        self.assertIn("key_file=/etc/example-api/key\n", text)
        (self.folder / "wrapper").write_text(text.replace("/etc/example-api/key", str(self.folder / "key")), encoding="utf-8")
        (self.folder / "curl").write_text(CURL, encoding="utf-8")
        (self.folder / "curl").chmod(0o755)

    def run_wrapper(self, *words):
        return subprocess.run(["sh", str(self.folder / "wrapper"), *words], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, env={"PATH": f"{self.folder}:{os.environ['PATH']}"})

    def test_the_key_is_no_argument_and_no_output(self):
        done = self.run_wrapper("show-issue", "merlon", "12")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '{"issues": []}\n', ""))
        self.assertNotIn(KEY, (self.folder / "arguments").read_text(encoding="utf-8"))
        config = (self.folder / "config").read_text(encoding="utf-8")
        self.assertEqual(config, f'header = "Authorization: Bearer {KEY}"\n'
                                 'url = "https://api.example.com/projects/merlon/issues/12"\n')

    def test_an_answer_with_the_key_is_withheld(self):
        done = self.run_wrapper("show-issue", "x", "leak")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertNotIn(KEY, done.stderr)

    def test_what_is_no_verb_or_no_name_reaches_nobody(self):
        for words in ([], ["curl", "x"], ["list-issues"], ["list-issues", "../x"], ["list-issues", "-x"], ["list-issues", ""],
                      ["list-issues", 'a"\nurl = "https://evil.example'], ["show-issue", "a", "1?b"]):
            done = self.run_wrapper(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertFalse((self.folder / "arguments").exists(), words)


class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = self.headers.get("Authorization", "")
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/echo")
        else:
            self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(f"you sent {said}".encode())

    def log_message(self, *_):
        pass


class Client(unittest.TestCase):
    def setUp(self):
        sys.path.insert(0, str(TEMPLATES))
        self.addCleanup(sys.path.remove, str(TEMPLATES))
        import key_client  # noqa: PLC0415: the folder is known now
        self.module = key_client
        server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        os.environ["TEMPLATE_KEY"] = KEY
        self.client = key_client.Client("https://api.example.com", "TEMPLATE_KEY")
        self.client._base = f"http://127.0.0.1:{server.server_port}"  # the test has no certificate

    def test_the_key_is_in_no_answer_error_or_name(self):
        self.assertNotIn("TEMPLATE_KEY", os.environ)
        self.assertEqual(self.client.get("/echo"), "you sent Bearer [key]")
        for path in ("/broken", "/moved"):
            with self.assertRaises(RuntimeError) as problem:
                self.client.get(path)
            self.assertNotIn(KEY, str(problem.exception))
        self.assertNotIn(KEY, repr(self.client))

    def test_no_other_host_no_http_no_key(self):
        for path in ("https://evil.example/", "/../x", "x"):
            with self.assertRaises(ValueError):
                self.client.get(path)
        with self.assertRaises(ValueError):
            self.module.Client("http://api.example.com", "TEMPLATE_KEY")
        with self.assertRaises(ValueError):
            self.module.Client("https://api.example.com", "TEMPLATE_KEY")


if __name__ == "__main__":
    unittest.main()
