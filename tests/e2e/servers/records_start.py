"""Writes a line into argv[1] when it is started."""
import sys

from mcp_server import Server

with open(sys.argv[1], "a", encoding="ascii") as out:
    out.write("started\n")
Server().run()
