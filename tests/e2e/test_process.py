"""The program as a process: exit codes of signals, full disks and readers that go away."""
import os
import signal
import subprocess
import tempfile
import time
import unittest

MERLON = os.environ.get("MERLON_BINARY", "build/release/merlon")


class Process(unittest.TestCase):
    def test_results_that_cannot_be_written_are_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([MERLON, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, done.stderr), (4, b"merlon: error[io]: cannot write to standard output\n"))

    def test_a_reader_that_went_away_is_no_message_and_no_success(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([MERLON, "--help"], stdout=writing, stderr=subprocess.PIPE, check=False)
        os.close(writing)
        self.assertEqual((done.returncode, done.stderr), (4, b""))

    def test_an_interrupt_ends_with_130_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            lock = os.path.join(folder, "merlon.lock")
            running = subprocess.Popen([MERLON, "scan", "--write-lock", lock, "-"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
            # It waits for its input, so it is there to be interrupted as soon as it has set up its handler.
            deadline = time.monotonic() + 20
            while "read" not in blocked_in(running.pid) and time.monotonic() < deadline:
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            out, _ = running.communicate(timeout=20)
            self.assertEqual((running.returncode, out, os.listdir(folder)), (130, b"", []))

    def test_standard_input_that_is_no_manifest_leaves_the_question_open(self):
        done = subprocess.run([MERLON, "scan", "-"], input=b"{", stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertTrue(done.stderr.startswith(b"-:1:"), done.stderr)


def blocked_in(pid):
    """`read` when the process waits in a read; works without rights over the kernel's stacks."""
    try:
        with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
            return "read" if file.read().split()[:2] == ["0", "0x0"] else ""
    except OSError:
        return "read"  # not readable here: go on at once, the handler is set within milliseconds


if __name__ == "__main__":
    unittest.main()
