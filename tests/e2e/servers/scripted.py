"""Offers what the row argv[1] (JSON) says, and keeps every line that comes and goes in the folder argv[2].

Its tools are the row's `tools`; `approved` as long as the folder has a file of that name. A call is answered with the tool's result in
`answers`, else with its arguments.
"""
import json
import pathlib
import sys

from mcp_server import Server

ROW = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
FOLDER = pathlib.Path(sys.argv[2])


class Scripted(Server):
    name = "fixture"
    eras = ("legacy",)
    tools = ROW["approved" if (FOLDER / "approved").exists() else "tools"]

    def __init__(self):
        super().__init__()
        self.came = open(FOLDER / "came", "wb", buffering=0)
        self.went = open(FOLDER / "went", "wb", buffering=0)

    def write(self, raw):
        self.went.write(raw)
        super().write(raw)

    def call_tool(self, request):
        answer = ROW.get("answers", {}).get(request["params"]["name"])
        if answer is None:
            return super().call_tool(request)
        return self.result(request, answer)

    def run(self):
        for line in sys.stdin.buffer:
            self.came.write(line)
            self.handle(json.loads(line))


Scripted().run()
