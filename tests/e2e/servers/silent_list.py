"""Answers everything but `tools/list`."""
from mcp_server import Server


class SilentList(Server):
    prompts = [{"name": "p"}]

    def list_tools(self, request):
        pass


SilentList().run()
