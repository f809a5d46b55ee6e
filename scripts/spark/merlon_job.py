#!/usr/bin/env python3
"""Spreads `merlon replay --ndjson` or `merlon scan --ndjson` over a Spark cluster.

    merlon_job.py [--master local[4]] [--merlon PROGRAM] [--slices N] [--check] LIST OUT -- replay --policy default
    merlon_job.py LIST OUT -- scan

LIST has a path, or {"name": ..., "text": ...}, on each line; OUT gets a line for each session or file, in the order of LIST.
Everything behind `--` goes to merlon, which must be at the same place on every worker. With --check, one process does the
same on this machine, and the exit code is 1 when a byte differs.
"""
import argparse
import pathlib
import shlex
import subprocess
import sys


def spark_lines(args, inputs, command):
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.master(args.master).appName("merlon").config("spark.ui.enabled", "false").getOrCreate()
    try:
        # pipe() runs the command once for each partition and fails the job when it ends with an error. Parts come back in order.
        return spark.sparkContext.parallelize(inputs, args.slices).pipe(command, checkCode=True).collect()
    finally:
        spark.stop()


def one_process_lines(inputs, command):
    done = subprocess.run(shlex.split(command), input="\n".join(inputs) + "\n", capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def main():
    words = sys.argv[1:]
    if "--" not in words:
        sys.exit(__doc__)
    at = words.index("--")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", default="local[4]")
    parser.add_argument("--merlon", default="merlon")
    parser.add_argument("--slices", type=int, default=4)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("list", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args(words[:at])
    command = shlex.join([args.merlon, words[at + 1], "--ndjson", *words[at + 2:]])
    inputs = [line for line in args.list.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = spark_lines(args, inputs, command)
    args.out.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    if args.check and lines != one_process_lines(inputs, command):
        print(f"merlon_job: {args.out} differs from what one process writes", file=sys.stderr)
        return 1
    print(f"{len(inputs)} inputs, {len(lines)} lines, {args.slices} parts" + (", as one process writes them" if args.check else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
