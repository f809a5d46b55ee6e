"""What npx is: a program that starts a shell that starts the server."""
import subprocess
import sys

sys.exit(subprocess.call(["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable] + sys.argv[1:]))
