"""What the process of a server behind `merlon proxy` can reach: each thing is tried by a server that wants to, as this user and, where
this is root, as another one. What this kernel lacks is a skip with its name."""
import ctypes
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import harness
from proxy_rig import request
from test_proxy_process import Host

NOBODY = 65534


def landlock_version():
    return max(0, ctypes.CDLL(None).syscall(444, None, 0, 1))


def makes_namespaces(user):
    """Whether this user can have a mount namespace here, as the proxy would make it."""
    word = "--user" if user else "--mount"
    done = subprocess.run(["unshare", "--mount", word, "true"], capture_output=True, check=False, **({"user": user} if user else {}))
    return done.returncode == 0


class World:
    """A home with Merlon's state in it, and a policy. Readable for another user where one is wanted."""

    def __init__(self, containment="", user=0):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-contain-")
        self.root = pathlib.Path(self.folder.name)
        self.user = user
        self.state = self.root / "home" / "state" / "merlon"
        for path in (self.state / "pins", self.root / "open", self.root / "closed", self.root / "server"):
            path.mkdir(parents=True)
        (self.state / "pins" / "approved.json").write_text("approved", encoding="utf-8")
        (self.root / "open" / "file").write_text("open", encoding="utf-8")
        (self.root / "closed" / "file").write_text("closed", encoding="utf-8")
        self.policy = self.root / "policy.toml"
        self.policy.write_text(f'format = 1\nname = "p"\n[containment]\n{containment}\n'.replace("ROOT", str(self.root)), encoding="utf-8")
        # The checkout is the builder's alone.
        self.program = shutil.copy(harness.BINARY, self.root / "merlon") if user else harness.BINARY
        for name in ("tries.py", "mcp_server.py"):
            shutil.copy(harness.SERVERS / name, self.root / "server" / name)
        # So is a Python in a home.
        self.server = ["/usr/bin/python3" if user else sys.executable, str(self.root / "server" / "tries.py")]
        if user:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, user, user)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


class Session(Host):
    def __init__(self, world, *options):
        self.world = world
        environment = {"HOME": str(world.root / "home"), "XDG_STATE_HOME": str(world.root / "home" / "state"), "PROXY_ONLY": "proxy-only-value",
                       "XDG_RUNTIME_DIR": str(world.root / "home")}
        super().__init__(*world.server, program=world.program, user=world.user, environment=environment,
                         options=["--policy", world.policy, "--no-system", *options])

    def tries(self, name, what=""):
        self.send(request(name, "tools/call", {"name": name, "arguments": {"what": str(what)}}))
        answer = self.receive()
        if answer is None:
            raise AssertionError(f"no answer: {self.errors.decode()}")
        return answer["result"]["content"][0]["text"] if "result" in answer else answer["error"]["message"]


def users():
    """0: who we are."""
    return [0, NOBODY] if os.geteuid() == 0 and os.access("/usr/bin/python3", os.X_OK) else [0]


class Containment(unittest.TestCase):
    def each_user(self, containment="", needs_spaces=False):
        for user in users():
            with self.subTest(user=user):
                if needs_spaces and not makes_namespaces(user):
                    self.skipTest("not-run: this kernel makes no mount namespaces for this user")
                with World(containment(user) if callable(containment) else containment, user) as world, Session(world) as session:
                    session.open()
                    yield world, session

    def test_always_no_new_privileges_and_no_core_files(self):
        for _, session in self.each_user():
            self.assertEqual((session.tries("privileges"), session.tries("core")), ("ok 1", "ok 0"))

    def test_always_merlons_own_state_is_hidden(self):
        for world, session in self.each_user(needs_spaces=True):
            told = session.tries("list", world.state)
            self.assertIn(told, ("ok ", "EACCES"))   # root can list the empty cover
            self.assertIn(session.tries("read", world.state / "pins" / "approved.json"), ("ENOENT", "EACCES"))
            self.assertIn(session.tries("make", world.state / "pins"), ("EROFS", "EACCES"))
            self.assertIn(session.tries("rename", f"{world.state} {world.state}2"), ("EBUSY", "EACCES"))
            if landlock_version() >= 2:
                self.assertEqual(session.tries("umount", world.state), "EPERM")
            # The rest of the home is as it was.
            self.assertEqual(session.tries("write", world.root / "home" / "new"), "ok 1")
            self.assertEqual((world.state / "pins" / "approved.json").read_text(encoding="utf-8"), "approved")

    def test_always_the_audit_log_is_hidden(self):
        if not makes_namespaces(0):
            self.skipTest("not-run: this kernel makes no mount namespaces for this user")
        with World() as world, Session(world, "--audit", world.root / "audit") as session:
            session.open()
            self.assertIn(session.tries("list", world.root / "audit"), ("ok ", "EACCES"))
            self.assertGreater(len(os.listdir(world.root / "audit")), 1)

    @unittest.skipIf(landlock_version() < 2, "not-run: this kernel has no Landlock")
    def test_always_other_processes_are_out_of_reach(self):
        for world, session in self.each_user():
            keeper = session.tries("parents").split()[1]
            self.assertIn(session.tries("read", f"/proc/{keeper}/environ"), ("EACCES", "EPERM"))
            self.assertIn(session.tries("read", f"/proc/{session.process.pid}/environ"), ("EACCES", "EPERM"))
            self.assertIn(session.tries("list", f"/proc/{session.process.pid}/root/"), ("EACCES", "EPERM"))
            self.assertIn(session.tries("device", world.root / "disk"), ("EACCES", "EPERM"))
            if landlock_version() >= 6:
                self.assertEqual(session.tries("signal", keeper), "EPERM")

    @unittest.skipIf(landlock_version() < 2, "not-run: this kernel has no Landlock")
    def test_paths_outside_are_neither_read_nor_written(self):
        prefix = os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))
        for world, session in self.each_user(lambda user: f'read = ["ROOT/open", "ROOT/home", "ROOT/server", "{"/usr" if user else prefix}"]\nwrite = ["ROOT/open"]'):
            self.assertEqual(session.tries("read", world.root / "open" / "file"), "ok open")
            self.assertEqual(session.tries("write", world.root / "open" / "new"), "ok 1")
            self.assertEqual(session.tries("read", world.root / "closed" / "file"), "EACCES")
            self.assertEqual(session.tries("list", world.root), "EACCES")
            self.assertEqual(session.tries("write", world.root / "closed" / "new"), "EACCES")
            self.assertEqual(session.tries("write", world.root / "home" / "new"), "EACCES")
            self.assertIn(session.tries("rename", f"{world.root}/open/file {world.root}/home/file"), ("EACCES", "EXDEV"))
            self.assertEqual(session.tries("write", "/dev/null"), "ok 1")
            self.assertIn("ok hello", session.tries("run", "/bin/echo hello"))
            self.assertEqual((world.root / "closed" / "file").read_text(encoding="utf-8"), "closed")

    def test_no_network(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            for _, session in self.each_user('network = "none"'):
                told = [session.tries("connect", family) for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK")]
                self.assertEqual((told, session.tries("port", port)), (["EACCES"] * 4, "EACCES"))
                self.assertEqual(session.tries("pair"), "ok 2")
            for _, session in self.each_user('network = "unix"'):
                self.assertEqual([session.tries("connect", family) for family in ("AF_INET", "AF_UNIX")], ["EACCES", "ENOENT"])
            for _, session in self.each_user():
                self.assertEqual(session.tries("port", port), "ok connected")

    def test_a_fork_bomb_is_ended(self):
        for _, session in self.each_user("processes = 20"):
            told = session.tries("bomb")
            self.assertTrue("more processes than the policy allows" in told or told == "EAGAIN", told)
            session.close_input()
            session.wait()
            self.assertTrue(harness.wait_until(lambda s=session: not s.left()), session.left())

    def test_memory_of_one_process_and_of_many_is_bounded(self):
        for way in ("eat", "eat-together"):
            for _, session in self.each_user("memory_mib = 200"):
                told = session.tries(way)
                self.assertTrue("more memory than the policy allows" in told or told == "ENOMEM", told)
                session.close_input()
                session.wait()
                self.assertTrue(harness.wait_until(lambda s=session: not s.left()), session.left())

    def test_open_files_are_bounded(self):
        for _, session in self.each_user("open_files = 64"):
            self.assertEqual(session.tries("open-files"), "EMFILE")

    @unittest.skipIf(os.geteuid() != 0 or not shutil.which("setpriv") or not makes_namespaces(0), "not-run: needs root, setpriv and namespaces")
    def test_where_namespaces_are_lacking_it_is_said_or_refused(self):
        for containment, starts in (("", True), ('state = "hidden"', False), ('state = "hidden"\nmissing = "allow"', True)):
            with self.subTest(containment=containment), World(containment) as world:
                lacking = world.root / "lacking"
                lacking.write_text("#!/bin/sh\nexec unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_user_namespaces\n"
                                   f"exec setpriv --bounding-set=-all --inh-caps=-all {world.program} \"$@\"' sh \"$@\"\n", encoding="utf-8")
                lacking.chmod(0o755)
                world.program = str(lacking)
                with Session(world) as session:
                    if starts:
                        session.open()
                        self.assertIn("approved.json", session.tries("list", world.state / "pins"))
                    else:
                        session.send(request(1, "initialize", {}))
                        self.assertIn("Merlon's own state is not hidden from the server", session.receive()["error"]["message"])
                        session.close_input()
                        self.assertEqual(session.wait()[0], 4)
                    self.assertTrue(harness.wait_until(lambda s=session: b"this kernel lets us make no mount namespace" in s.errors), session.errors)

    def test_what_cannot_be_done_is_an_error_for_the_client(self):
        with World('read = ["/nonexistent/folder"]') as world, Session(world) as session:
            session.send(request(1, "initialize", {}))
            self.assertIn("/nonexistent/folder", session.receive()["error"]["message"])
            session.close_input()
            self.assertEqual(session.wait()[0], 4)
            self.assertEqual(session.left(), [])


if __name__ == "__main__":
    unittest.main()
