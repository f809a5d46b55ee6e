"""Asks the client for things before it answers, and counts on the answers."""
import json
import sys

from mcp_server import Server, tool


class AsksBack(Server):
    eras = ("legacy",)

    def ask(self, id_, method):
        self.send({"jsonrpc": "2.0", "id": id_, "method": method, "params": {}})
        return json.loads(sys.stdin.buffer.readline())

    def list_tools(self, request):
        # Ids of the two sides are apart: 1 was the client's as well.
        answers = [self.ask(1, "ping"), self.ask("", "roots/list"), self.ask(0, "sampling/createMessage"),
                   self.ask("e", "elicitation/create"), self.ask(2, "log")]
        self.result(request, {"tools": [tool("answers", json.dumps(answers, sort_keys=True))]})


AsksBack().run()
