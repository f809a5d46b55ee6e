"""Writes the name of the first signal that it gets into argv[1] and ends with 40 + its number."""
import os
import signal
import sys

from mcp_server import Server

PATH = sys.argv[1]


def got(number, _):
    with open(PATH, "a", encoding="ascii") as out:
        out.write(signal.Signals(number).name + "\n")
    os._exit(40 + number)


for name in ("SIGTERM", "SIGINT", "SIGHUP"):
    signal.signal(getattr(signal, name), got)
Server().run()
