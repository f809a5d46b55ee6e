"""Complains and ends. Its words hold a control sequence and the value of a variable that it was given."""
import os
import sys

sys.stderr.write("\x1b[31mcannot connect with key " + os.environ.get("FIXTURE_KEY", "none") + "\x1b[0m\n")
sys.exit(3)
