"""Twelve megabytes of tools in one line, more than the official clients take: it is read as a whole."""
from mcp_server import Server, tool


class LargeList(Server):
    tools = [tool(f"tool_{i:05}", "d" * 1000) for i in range(12000)]


LargeList().run()
