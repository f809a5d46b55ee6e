"""`merlon capture` against servers that behave and servers that do not. After each test no process may be left."""
import hashlib
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import unittest

import harness
from harness import is_alive, merlon, processes_with, server, wait_until

sys.path.insert(0, str(harness.SERVERS))
import odd_bytes  # noqa: E402  (a server of ours, for its definition)

QUICK = ("--timeout", "20s", "--request-timeout", "10s")


def note(era, message, incomplete=False):
    return {"era": era, "message": message, "incomplete": incomplete}


def not_asked(era, *capabilities):
    return [note(era, f"no `{name}` capability: `{name}/list` was not asked") for name in capabilities]


NO_PROMPTS_NO_RESOURCES = not_asked("modern", "prompts", "resources") + not_asked("legacy", "prompts", "resources")


class CaptureTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        # Every command line of a test holds this path, or its environment does.
        self.mark = self.folder.name
        self.addCleanup(self.assert_nobody_left)

    def assert_nobody_left(self):
        self.assertTrue(wait_until(lambda: not processes_with(self.mark)), f"left: {processes_with(self.mark)}")

    def capture(self, command, *options, code=0, environment=None):
        run = merlon("capture", *(options or QUICK), "--env-allow", harness.MARK, "--", *command,
                     environment={harness.MARK: self.mark, **(environment or {})}, folder=self.folder.name)
        self.assertEqual(run.code, code, str(run))
        # As soon as merlon has ended, not some time later.
        self.assertEqual(processes_with(self.mark), [])
        return run

    def snapshot(self, command, *options, code=0, environment=None):
        return self.capture(command, *options, code=code, environment=environment).json()

    def era(self, snapshot, name):
        return next(era for era in snapshot["eras"] if era["era"] == name)

    def names(self, snapshot, era, kind="tools"):
        return [item["name"] for item in self.era(snapshot, era)[kind]]

    # ---- servers that behave ----

    def test_modern_only_gives_one_era_and_is_complete(self):
        command = server("modern_only")
        words = "".join(f"{len(word.encode())}:{word}," for word in command)
        self.assertEqual(self.snapshot(command), {
            "merlon_snapshot": 1,
            "complete": True,
            "server": {"name": "fixture", "version": "1.0.0"},
            "launch": {"command": command[0], "args": command[1:], "env": [harness.MARK],
                       "digest": "sha256:" + hashlib.sha256(words.encode()).hexdigest()},
            "eras": [{
                "era": "modern",
                "protocol_version": "2026-07-28",
                "server_info": {"name": "fixture", "version": "1.0.0"},
                "capabilities": {"tools": {}},
                "instructions": "Prefer echo.",
                "tools": [{"name": "echo", "description": "Gives back its input", "inputSchema": {"type": "object"}}],
                "prompts": [], "resources": [], "resource_templates": []}],
            "differences": [],
            "notes": not_asked("modern", "prompts", "resources") + [
                note("legacy", "`initialize` was answered with error -32022: Unsupported protocol version")],
        })

    def test_legacy_only_gives_all_four_lists(self):
        snapshot = self.snapshot(server("legacy_only"))
        self.assertEqual([era["era"] for era in snapshot["eras"]], ["legacy"])
        legacy = self.era(snapshot, "legacy")
        self.assertEqual(legacy["protocol_version"], "2025-11-25")
        self.assertEqual(self.names(snapshot, "legacy"), ["echo", "add"])
        self.assertEqual(legacy["prompts"], [{"name": "greet", "description": "Greets"}])
        self.assertEqual(legacy["resources"], [{"uri": "demo://a", "name": "a"}])
        self.assertEqual(legacy["resource_templates"], [{"uriTemplate": "demo://{id}", "name": "t"}])
        self.assertEqual(snapshot["notes"], [])

    def test_a_server_that_shows_two_faces_is_found_out(self):
        run = self.capture(server("two_faced"))
        snapshot = run.json()
        self.assertEqual(self.names(snapshot, "modern"), ["same", "read", "new_only"])
        self.assertEqual(self.names(snapshot, "legacy"), ["same", "read", "old_only"])
        self.assertEqual(snapshot["differences"], [
            {"kind": "only-in", "list": "tools", "name": "new_only", "era": "modern"},
            {"kind": "only-in", "list": "tools", "name": "old_only", "era": "legacy"},
            {"kind": "changed", "list": "tools", "name": "read", "members": ["description"]}])
        self.assertIn("merlon: the eras differ in 3 definitions\n", run.err)

    def test_the_same_server_gives_the_same_bytes(self):
        self.assertEqual(self.capture(server("two_faced")).out, self.capture(server("two_faced")).out)

    def test_one_era_can_be_chosen(self):
        modern = self.snapshot(server("two_faced"), *QUICK, "--era", "modern")
        self.assertEqual([era["era"] for era in modern["eras"]], ["modern"])
        legacy = self.snapshot(server("two_faced"), *QUICK, "--era", "legacy")
        self.assertEqual([era["era"] for era in legacy["eras"]], ["legacy"])

    def test_a_definition_keeps_its_bytes(self):
        run = self.capture(server("odd_bytes"))
        self.assertEqual(run.out.count("        " + odd_bytes.DEFINITION.decode("ascii") + "\n"), 2)

    def test_pages_are_followed_in_both_eras(self):
        snapshot = self.snapshot(server("paged"))
        self.assertEqual(self.names(snapshot, "modern"), ["t0", "t1", "t2"])
        self.assertEqual(self.names(snapshot, "legacy"), ["t0", "t1", "t2"])

    def test_what_the_server_asks_back_is_answered(self):
        snapshot = self.snapshot(server("asks_back"))
        (tool,) = self.era(snapshot, "legacy")["tools"]

        def refused(identifier, method):
            return {"jsonrpc": "2.0", "id": identifier,
                    "error": {"code": -32601, "message": f"this client does not offer `{method}`"}}
        self.assertEqual(json.loads(tool["description"]), [
            {"jsonrpc": "2.0", "id": 1, "result": {}},
            {"jsonrpc": "2.0", "id": "", "result": {"roots": []}},
            refused(0, "sampling/createMessage"), refused("e", "elicitation/create"), refused(2, "log")])
        self.assertEqual([each["message"] for each in snapshot["notes"] if "asked the client" in each["message"]],
                         [f"it asked the client for `{method}`" for method in
                          ("elicitation/create", "log", "ping", "roots/list", "sampling/createMessage")])

    def test_a_modern_server_that_asks_is_noted_and_not_answered(self):
        snapshot = self.snapshot(server("modern_asks_back"))
        self.assertEqual(self.names(snapshot, "modern"), ["first"])
        self.assertIn(note("modern", "it asked the client for `sampling/createMessage`, which no modern server may"),
                      snapshot["notes"])

    def test_batches_are_read(self):
        snapshot = self.snapshot(server("batches"))
        self.assertEqual(self.names(snapshot, "legacy"), ["echo"])
        self.assertIn(note("legacy", "it sends batches, which only revision 2025-03-26 has"), snapshot["notes"])

    def test_twelve_megabytes_of_tools_are_read(self):
        self.assertEqual(len(self.names(self.snapshot(server("large_list")), "modern")), 12000)

    # ---- the way to an era ----

    def test_silence_on_discover_means_legacy(self):
        snapshot = self.snapshot(server("legacy_silent"), "--timeout", "4s")
        self.assertEqual([era["era"] for era in snapshot["eras"]], ["legacy"])
        self.assertTrue(snapshot["complete"])

    def test_an_end_on_discover_means_legacy(self):
        snapshot = self.snapshot(server("legacy_dies_on_discover"))
        self.assertEqual([era["era"] for era in snapshot["eras"]], ["legacy"])

    def test_a_slow_start_loses_no_era(self):
        # `initialize` has been sent when this server starts to read; it is modern all the same.
        snapshot = self.snapshot(server("slow_start", "1.5"), "--timeout", "4s")
        self.assertEqual([era["era"] for era in snapshot["eras"]], ["modern", "legacy"])
        self.assertTrue(snapshot["complete"])

    def test_another_modern_revision_is_incomplete(self):
        snapshot = self.snapshot(server("too_new"), code=3)
        self.assertEqual([era["era"] for era in snapshot["eras"]], ["legacy"])
        self.assertIn(note("modern", "it speaks the modern era, but not revision 2026-07-28 (it names 2030-01-01)", True),
                      snapshot["notes"])

    def test_the_modern_era_of_a_legacy_server_cannot_be_captured(self):
        run = self.capture(server("legacy_only"), *QUICK, "--era", "modern", code=3)
        self.assertEqual(run.out, "")
        self.assertEqual(run.err, "merlon: error[protocol]: the server does not speak the modern era: "
                                  "`server/discover` was answered with error -32601: Method not found\n")

    # ---- servers that do not behave ----

    def test_noise_is_ignored_and_reported(self):
        run = self.capture(server("noisy"))
        snapshot = run.json()
        self.assertEqual(self.names(snapshot, "modern"), ["echo"])
        self.assertEqual(snapshot["notes"], sorted(
            NO_PROMPTS_NO_RESOURCES +
            [note(era, text) for era in ("modern", "legacy") for text in
             ("standard output carries lines that are not messages",
              "it sends answers to requests that were never made")],
            key=lambda each: (each["era"] == "legacy", each["message"])))
        self.assertIn(r"lines of noise on standard output, the first: \e[32mServer ready on stdio\e[0m", run.err)
        self.assertNotIn("\x1b", run.err)

    def test_a_line_without_end_is_cut_off(self):
        snapshot = self.snapshot(server("huge_line"), code=3)
        self.assertEqual(self.names(snapshot, "modern"), [])
        self.assertIn(note("modern", "`tools/list` was not answered: it sent a line that is longer than the limit", True),
                      snapshot["notes"])

    def test_a_flood_is_cut_off(self):
        snapshot = self.snapshot(server("flood"), code=3)
        self.assertIn(note("modern", "`tools/list` was not answered: it sent more than 67108864 bytes", True),
                      snapshot["notes"])

    def test_bad_utf8_is_incomplete(self):
        snapshot = self.snapshot(server("bad_utf8"), code=3)
        (found,) = [each for each in snapshot["notes"] if each["era"] == "modern" and each["incomplete"]]
        self.assertRegex(found["message"], r"^`tools/list` was not answered: it sent a message that cannot be read: "
                                           r"byte 255 is not valid UTF-8 here \(byte \d+ of the line\)$")

    def test_deep_nesting_is_incomplete(self):
        snapshot = self.snapshot(server("deep_nesting"), code=3)
        self.assertRegex(json.dumps(snapshot["notes"]), "nested deeper than 256 levels")

    def test_a_repeated_member_of_a_result_is_incomplete(self):
        snapshot = self.snapshot(server("duplicate_member"), code=3)
        self.assertIn(note("modern", "`tools/list` was not answered: it sent a result that has a member twice", True),
                      snapshot["notes"])

    def test_a_byte_order_mark_is_noted(self):
        snapshot = self.snapshot(server("byte_order_mark"))
        self.assertEqual(self.names(snapshot, "modern"), ["echo"])
        self.assertIn(note("legacy", "a message starts with a byte order mark: other clients lose it"), snapshot["notes"])

    def test_errors_and_wrong_shapes_of_lists_are_incomplete(self):
        snapshot = self.snapshot(server("failing_lists"), code=3)
        self.assertEqual([each for each in snapshot["notes"] if each["incomplete"]], [
            note("modern", "`prompts/list` was answered without an array `prompts`", True),
            note("modern", "`resources/list` was answered with a result that is not complete", True),
            note("modern", r"`tools/list` was answered with error -32603: boom\e[31m", True)])
        self.assertFalse(snapshot["complete"])

    def test_endless_pages_end(self):
        snapshot = self.snapshot(server("endless_pages"), code=3)
        self.assertEqual(len(self.names(snapshot, "modern")), 1000)
        self.assertIn(note("modern", "`tools/list` was not read after 1000 pages", True), snapshot["notes"])

    def test_a_repeated_cursor_ends_the_list(self):
        snapshot = self.snapshot(server("repeated_cursor"), code=3)
        self.assertEqual(self.names(snapshot, "modern"), ["t", "t"])
        self.assertIn(note("modern", "`tools/list` does not end: it gave the same cursor twice", True), snapshot["notes"])

    def test_a_list_that_never_comes_does_not_hold_up_the_others(self):
        snapshot = self.snapshot(server("silent_list"), "--timeout", "20s", "--request-timeout", "500ms", code=3)
        self.assertEqual(self.era(snapshot, "modern")["prompts"], [{"name": "p"}])
        self.assertIn(note("modern", "`tools/list` was not answered in time (0.5 s, all lists 120 s)", True),
                      snapshot["notes"])

    def test_an_end_in_the_middle_is_incomplete(self):
        snapshot = self.snapshot(server("exit_in_list"), code=3)
        self.assertIn(note("modern", "`tools/list` was not answered: the server ended", True), snapshot["notes"])

    def test_one_that_never_answers(self):
        run = self.capture(server("never_answers"), "--timeout", "1s", code=4)
        self.assertEqual(run.out, "")
        self.assertEqual(run.err, "merlon: error[process]: the server said nothing for 1 s\n")

    def test_one_that_ends_at_once_shows_its_last_words_without_secrets(self):
        run = self.capture(server("early_exit"), *QUICK, "--env-allow", "FIXTURE_KEY", code=4,
                           environment={"FIXTURE_KEY": "hunter2hunter2"})
        self.assertEqual(run.err, "merlon: error[process]: the server ended before it answered (exit code 3)\n"
                                  r"merlon: server: \e[31mcannot connect with key <secret>\e[0m" "\n")

    def test_a_program_that_is_not_there(self):
        run = self.capture(["no-such-program-4711"], code=4)
        self.assertEqual(run.err, "merlon: error[process]: cannot find `no-such-program-4711` on the PATH\n")

    def test_loud_standard_error_blocks_nothing(self):
        self.assertEqual(self.names(self.snapshot(server("loud_errors")), "modern"), ["echo"])

    # ---- processes ----

    def test_one_that_ignores_everything_is_killed(self):
        run = self.capture(server("stubborn"))
        self.assertIn("merlon: note: it ignored the end of its input and SIGTERM, and was killed\n", run.err)

    def test_a_grandchild_in_its_own_session_is_killed(self):
        ids = pathlib.Path(self.folder.name, "ids")
        run = self.capture(server("grandchild", str(ids)))
        found = [int(line) for line in ids.read_text(encoding="ascii").split()]
        self.assertEqual(len(found), 2)   # one for each era
        self.assertEqual([pid for pid in found if is_alive(pid)], [])
        self.assertIn("merlon: note: 1 process that it started outlived it and was killed\n", run.err)

    def test_behind_a_launcher_and_a_shell(self):
        self.capture(server("launcher", *server("stubborn")[1:]))

    def test_when_merlon_is_killed_nobody_is_left(self):
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                child = harness.start("capture", "--", *server("launcher", str(harness.SERVERS / "never_answers.py"),
                                                               self.mark))
                # merlon, its keeper, the launcher, its shell, the server
                self.assertTrue(wait_until(lambda: len(processes_with(self.mark)) == 5), processes_with(self.mark))
                os.kill(child.pid, number)
                child.communicate(timeout=harness.PATIENCE)
                self.assert_nobody_left()

    # ---- environment, secrets, configuration ----

    def test_the_environment_is_an_allow_list(self):
        snapshot = self.snapshot(server("environment"), environment={"AWS_SECRET_ACCESS_KEY": "never", "TMPDIR": "/tmp"})
        names, _ = self.era(snapshot, "modern")["tools"]
        self.assertEqual(names["description"], f"HOME LANG {harness.MARK} PATH TMPDIR")

    def test_no_value_of_the_environment_comes_out(self):
        secret = "s3cr3t-\"value\"-4711"
        run = self.capture(server("environment", "--token", "tok-from-argv-1", "plain"), *QUICK, "--env-allow",
                           "FIXTURE_KEY", environment={"FIXTURE_KEY": secret})
        snapshot = run.json()
        self.assertEqual(self.era(snapshot, "modern")["instructions"], "Connected with <secret>")
        self.assertEqual(self.era(snapshot, "modern")["tools"][1]["description"], "--token <secret> plain")
        self.assertEqual(snapshot["launch"]["args"][1:], ["--token", "<secret>", "plain"])
        self.assertEqual(snapshot["launch"]["env"], ["FIXTURE_KEY", harness.MARK])
        self.assertIn(note("modern", "the server repeats a secret of its launch; it was replaced by `<secret>`"),
                      snapshot["notes"])
        for text in (run.out, run.err):
            self.assertNotIn("4711", text)
            self.assertNotIn("tok-from-argv", text)

    def write_config(self, servers):
        path = pathlib.Path(self.folder.name, ".mcp.json")
        path.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
        return str(path)

    def test_a_server_of_a_configuration(self):
        command = server("environment", "${FIXTURE_DIR:-/data}", "${input:mode}")
        config = self.write_config({"one": {"command": command[0], "args": command[1:], "env": {
            "FIXTURE_KEY": "${REAL_KEY}", "MODE": "test", harness.MARK: self.mark}}})
        run = merlon("capture", "--config", config, "--server", "one", "--input", "mode=quiet", *QUICK,
                     environment={"REAL_KEY": "k-12345678"})
        self.assertEqual(run.code, 0, str(run))
        snapshot = run.json()
        self.assertEqual(snapshot["launch"]["configured_name"], "one")
        self.assertEqual(snapshot["launch"]["args"], command[1:])
        self.assertEqual(snapshot["launch"]["env"], ["FIXTURE_DIR", "FIXTURE_KEY", harness.MARK, "MODE", "REAL_KEY"])
        names, arguments = self.era(snapshot, "modern")["tools"]
        self.assertEqual(names["description"], f"FIXTURE_KEY HOME LANG {harness.MARK} MODE PATH")
        self.assertEqual(arguments["description"], "/data quiet")
        self.assertEqual(self.era(snapshot, "modern")["instructions"], "Connected with <secret>")

    def test_a_placeholder_without_a_value_starts_nothing(self):
        config = self.write_config({"one": {"command": "a", "args": ["${input:key}", "${command:pick}", "${GONE}"]}})
        run = merlon("capture", "--config", config, "--server", "one")
        self.assertEqual((run.code, run.out), (2, ""))
        self.assertEqual(run.err, "merlon: error[usage]: the server `one` cannot be started: nobody here knows what to put "
                                  "for `${GONE}`, `${command:pick}`, `${input:key}`\n"
                                  "merlon: hint: capture does not know this kind of placeholder; write the value into a "
                                  "copy of the file\n"
                                  "merlon: hint: set the variable `GONE` for merlon\n"
                                  "merlon: hint: the client asks a person for it: give `--input key=VALUE`\n")

    def test_a_server_that_the_configuration_does_not_have(self):
        config = self.write_config({"one": {"command": "a"}, "two": {"command": "b"}})
        run = merlon("capture", "--config", config, "--server", "three")
        self.assertEqual((run.code, run.out), (2, ""))
        self.assertEqual(run.err, f"merlon: error[usage]: `{config}` has no server `three`\n"
                                  "merlon: hint: it has: one, two\n")

    def test_a_configuration_that_is_not_there(self):
        run = merlon("capture", "--config", self.mark + "/none.json", "--server", "x")
        self.assertEqual((run.code, run.out), (3, ""))

    # ---- what scan makes of it ----

    def scan(self, snapshot):
        run = merlon("scan", "--format", "json", "-", stdin=snapshot.encode())
        self.assertIn(run.code, (0, 1), str(run))
        return {(finding["rule"], finding["item"]) for finding in run.json()["findings"]}

    def test_scan_reads_both_eras_and_a_tool_of_both_is_no_double(self):
        found = self.scan(self.capture(server("two_faced")).out)
        self.assertEqual([rule for rule, _ in found if rule == "tool-name-duplicate"], [])
        # What only older clients are told is found all the same.
        self.assertIn("read", {item for _, item in found})

    def test_scan_says_that_a_snapshot_is_incomplete(self):
        run = merlon("scan", "--format", "json", "-", stdin=self.capture(server("silent_list"), "--request-timeout",
                                                                          "500ms", code=3).out.encode())
        self.assertIn(run.code, (1, 3))
        self.assertTrue(run.json()["summary"]["incomplete"], str(run))

    # ---- the command line ----

    def test_wrong_command_lines(self):
        for arguments in ([], ["--server", "x"], ["--config", "x"], ["--config", "x", "--server", "y", "--", "z"],
                          ["--timeout", "soon", "--", "true"], ["--timeout", "0", "--", "true"],
                          ["--era", "bronze", "--", "true"], ["--env-allow", "A=B", "--", "true"], ["true"]):
            with self.subTest(arguments=arguments):
                run = merlon("capture", *arguments)
                self.assertEqual((run.code, run.out), (2, ""), str(run))
                self.assertTrue(run.err.startswith("merlon: error[usage]: "), run.err)

    def test_the_output_file_is_the_snapshot(self):
        path = pathlib.Path(self.folder.name, "out.json")
        run = self.capture(server("modern_only"), *QUICK, "--output", str(path))
        self.assertEqual(run.out, "")
        self.assertEqual(json.loads(path.read_text(encoding="utf-8"))["server"]["name"], "fixture")

    def test_an_output_file_that_cannot_be_written(self):
        run = self.capture(server("modern_only"), *QUICK, "--output", self.mark + "/no/folder/out.json", code=4)
        self.assertIn("merlon: error[io]: ", run.err)

    def test_time_only_on_request(self):
        snapshot = self.snapshot(server("modern_only"), *QUICK, "--timestamp")
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", snapshot["captured_at"]))

    def test_quiet(self):
        self.assertEqual(self.capture(server("modern_only"), *QUICK, "--quiet").err, "")


if __name__ == "__main__":
    unittest.main()
