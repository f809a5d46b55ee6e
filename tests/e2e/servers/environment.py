"""Shows the names of its environment, and what it was given as KEY, as tools would."""
import os
import sys

from mcp_server import Server, tool


class Environment(Server):
    eras = ("modern",)
    instructions = "Connected with " + os.environ.get("FIXTURE_KEY", "nothing")
    tools = [tool("names", " ".join(sorted(os.environ))), tool("arguments", " ".join(sys.argv[1:]))]


Environment().run()
