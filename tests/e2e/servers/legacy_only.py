"""Knows nothing of `server/discover`."""
from mcp_server import Server, tool


class LegacyOnly(Server):
    eras = ("legacy",)
    tools = [tool("echo", "Gives back its input"), tool("add")]
    prompts = [{"name": "greet", "description": "Greets"}]
    resources = [{"uri": "demo://a", "name": "a"}]
    templates = [{"uriTemplate": "demo://{id}", "name": "t"}]


LegacyOnly().run()
