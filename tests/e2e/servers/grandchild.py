"""Starts a process in a session of its own, twice removed, that ignores signals; and writes down its id."""
import os
import signal
import sys
import time

from mcp_server import Server


def detach(path):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            with open(path, "a", encoding="ascii") as out:
                out.write(f"{os.getpid()}\n")
            while True:
                time.sleep(600)
        os._exit(0)
    os.wait()


detach(sys.argv[1])
Server().run()
