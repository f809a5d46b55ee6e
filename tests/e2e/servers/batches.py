"""Answers in arrays, as revision 2025-03-26 allows."""
import json

from mcp_server import Server


class Batches(Server):
    eras = ("legacy",)

    def send(self, message):
        note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {}}
        self.write(json.dumps([note, message]).encode() + b"\n")


Batches().run()
