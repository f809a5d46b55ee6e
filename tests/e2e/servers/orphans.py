"""Leaves short-lived processes behind whose parent is gone: somebody has to wait for them."""
import os

from mcp_server import Server


class Orphans(Server):
    def call_tool(self, request):
        for _ in range(20):
            child = os.fork()
            if child == 0:
                if os.fork() == 0:
                    os._exit(0)
                os._exit(0)
            os.waitpid(child, 0)
        super().call_tool(request)


Orphans().run()
