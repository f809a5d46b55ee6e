"""Ignores the end of its input and signals; so does a process of its own in another session. argv[1] gets their ids."""
import os
import signal
import sys
import time

from mcp_server import Server


class Stubborn(Server):
    def at_end(self):
        while True:
            time.sleep(600)


for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(sys.argv[1], "a", encoding="ascii") as out:
            out.write(f"{os.getpid()}\n")
        while True:
            time.sleep(600)
    os._exit(0)
os.wait()
Stubborn().run()
