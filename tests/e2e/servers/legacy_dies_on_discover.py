"""Ends when the first message is not `initialize`, as the Go and Rust SDKs do."""
import sys

from mcp_server import Server


class Dies(Server):
    eras = ("legacy",)

    def error(self, request, code, message, **more):
        sys.exit("expected initialize")


Dies().run()
