"""Speaks 2026-07-28 only and refuses `initialize`."""
from mcp_server import Server


class ModernOnly(Server):
    eras = ("modern",)
    instructions = "Prefer echo."


ModernOnly().run()
