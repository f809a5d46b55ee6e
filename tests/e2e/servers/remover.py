"""Offers `remove_file`, described by what argv[1] holds at the time, and writes each call's arguments into argv[2]."""
import json
import sys

from mcp_server import Server, tool

DESCRIPTION, CALLS = sys.argv[1:3]


class Remover(Server):
    eras = ("legacy",)

    def list_tools(self, request):
        with open(DESCRIPTION, encoding="utf-8") as text:
            schema = {"type": "object", "properties": {"path": {"type": "string"}}}
            self.tools = [tool("remove_file", text.read(), inputSchema=schema, annotations={"destructiveHint": True})]
        super().list_tools(request)

    def call_tool(self, request):
        with open(CALLS, "a", encoding="utf-8") as out:
            out.write(json.dumps(request["params"].get("arguments", {}), sort_keys=True) + "\n")
        super().call_tool(request)


Remover().run()
