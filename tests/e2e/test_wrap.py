"""A client's configuration, wrapped: what stands in it then starts the server behind the proxy, with its variables and keys."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import harness

SERVER = '''
import json, os, sys
for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request:
        continue
    answers = {"initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}},
               "tools/list": {"tools": [{"name": "get_length", "description": "Returns a length.", "inputSchema": {"type": "object"}}]},
               "tools/call": {"content": [{"type": "text", "text": json.dumps(
                   {"place": os.environ.get("PLACE"), "length": len(os.environ.get("API_KEY", "")), "other": "OTHER" in os.environ,
                    "key": os.environ.get("API_KEY")})}]}}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": answers[request["method"]]}), flush=True)
'''
KEY = "k3y-8f2a91c7d4e650b3a1f9"


class WrapTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.home = pathlib.Path(self.folder.name)
        (self.home / "server.py").write_text(SERVER, encoding="utf-8")
        self.config = self.home / "mcp.json"
        self.before = json.dumps({"mcpServers": {"lengths": {"command": sys.executable, "args": [str(self.home / "server.py")],
                                                             "env": {"PLACE": "here", "API_KEY": KEY}}}}, indent=2)
        self.config.write_text(self.before, encoding="utf-8")
        self.environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.home), "OTHER": "not for servers"}

    def merlon(self, *arguments):
        done = subprocess.run([harness.BINARY, *arguments], capture_output=True, text=True, env=self.environment, cwd=self.home, timeout=120,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done)
        return done

    def start_as_a_client_does(self):
        entry = json.loads(self.config.read_text(encoding="utf-8"))["mcpServers"]["lengths"]
        requests = [{"id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                                                                "clientInfo": {"name": "c", "version": "1"}}},
                    {"method": "notifications/initialized"}, {"id": 1, "method": "tools/list"},
                    {"id": 2, "method": "tools/call", "params": {"name": "get_length", "arguments": {}}}]
        client = subprocess.Popen([entry["command"], *entry["args"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env={**self.environment, **entry["env"]}, cwd=self.home)
        answers = {}
        for request in requests:
            print(json.dumps({"jsonrpc": "2.0", **request}), file=client.stdin, flush=True)
            if "id" in request:
                answers[request["id"]] = json.loads(client.stdout.readline())
        client.stdin.close()
        client.wait(timeout=60)
        client.stdout.close()
        return json.loads(answers[2]["result"]["content"][0]["text"]), entry

    def test_the_server_runs_behind_the_proxy_with_what_it_needs(self):
        shown = self.merlon("wrap", "--yes", "--policy", "observe", "--group", "e2e", str(self.config))
        self.assertNotIn(KEY, shown.stdout + shown.stderr)
        self.assertNotIn(KEY, self.config.read_text(encoding="utf-8"))
        seen, entry = self.start_as_a_client_does()
        self.assertEqual(entry["args"][0], "proxy")
        self.assertEqual(seen["place"], "here")
        self.assertEqual(seen["length"], len(KEY))
        self.assertFalse(seen["other"])
        # The server said it; the proxy took it out.
        self.assertNotEqual(seen["key"], KEY)
        self.merlon("wrap", "--undo", "--yes", str(self.config))
        self.assertEqual(self.config.read_text(encoding="utf-8"), self.before)


if __name__ == "__main__":
    unittest.main()
