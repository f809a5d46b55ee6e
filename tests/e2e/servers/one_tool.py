"""Offers one tool, argv[1], and writes each call of it into argv[2]."""
import sys

from mcp_server import Server, tool

NAME, PATH = sys.argv[1:3]


class OneTool(Server):
    eras = ("legacy",)
    tools = [tool(NAME, "Does its work")]

    def call_tool(self, request):
        with open(PATH, "a", encoding="utf-8") as out:
            out.write(NAME + "\n")
        super().call_tool(request)


OneTool().run()
