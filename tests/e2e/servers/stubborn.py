"""Ignores the end of its input and every signal that can be ignored."""
import signal
import time

from mcp_server import Server


class Stubborn(Server):
    def at_end(self):
        while True:
            time.sleep(600)


for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
Stubborn().run()
