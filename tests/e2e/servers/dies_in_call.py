"""Ends in the middle of a call, as argv[1] says: a number is its exit status, `kill` a SIGKILL, `close` closes its output and stays."""
import os
import signal
import sys
import time

from mcp_server import Server


class Dies(Server):
    def call_tool(self, request):
        if sys.argv[1] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if sys.argv[1] == "close":
            os.close(1)
            time.sleep(600)
        os._exit(int(sys.argv[1]))


Dies().run()
