#!/usr/bin/env python3
"""How fast and how large `merlon scan` is, as whole processes on one core.

Every figure is printed with what it was measured on (bytes, tools, strings, rules, cores) and with the floors of the same
run: the start of a process that does nothing (`merlon version`), a pass of memchr, and reading and parsing alone
(`bench_scan_floor`, which is built beside merlon). Trust the ratios to the floors first: machines differ.

    tests/bench/bench_scan.py build/release/merlon [--assert] [--corpus DIR]

With --assert the exit code is 1 when a bar is missed: 5 ms p50 for 20 KB, 1 s for 15,000 tools, 4 times its size for a
100 MB input, no hostile text whose time grows faster than its length. DIR holds JSON lines {"result": {"tools": [...]}}; without it, definitions are made up from a word list."""
import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 200
HOSTILE_UNITS = (" ", "a", "A", '"', "'", ' "', "[", "(", "{", "<", "<a>", "QWxs", "41", "01", "\n", "\t", "\r\n", "%41", "&#65;",
                 "\\", "\u200b", "\U000e0041", "e\u0301", "\u0430", "\u4e00", "\u00a0", "\x1b[", ".", "-", "=", ": ", ";", "|", "/", "~/",
                 "a@", "$1", "http://a/", "aB", "a_", "i ", "A. ", "1. ", "word ", "ignore ", "send the password to the user ",
                 "Bearer ", "password=")
WORDS = """account address agent amount annual archive available balance batch before between branch browser bucket budget
build calendar cancel channel chart check city client cloud cluster code column comment commit company compare contact content
convert copy count country create currency customer daily dashboard data database date default delete department deploy detail
device directory document domain download draft email employee entry error event example export field file filter folder format
forecast function generate graph group header history hour identifier image import index inventory invoice issue item keyword
label language latest library limit list local location market memory message method metric minute model module month name
network node note number object offset order organization output owner package page parameter path payment percent period
person photo place plan player post price product profile project property public query queue range rate record region release
remote report repository request resource response result return review role route row sample schedule schema score search
section segment sequence server service session setting sheet shop size source space start state status step stock store string
style subject summary supplier table tag target task team template text ticket time title token total track transaction
translate type unit update upload user value version video view volume weather week window worker year zone""".split()


def made_up_text(rng, words):
    text = " ".join(rng.choice(WORDS) for _ in range(words))
    return text[0].upper() + text[1:] + "."


def made_up_tool(rng, number):
    properties = {f"{rng.choice(WORDS)}_{i}": {"type": "string", "description": made_up_text(rng, 8)} for i in range(4)}
    return {"name": f"{rng.choice(WORDS)}_{rng.choice(WORDS)}_{number}", "description": made_up_text(rng, 40),
            "inputSchema": {"type": "object", "properties": properties, "required": list(properties)[:2]}}


def corpus_tools(folder):
    tools = []
    for file in sorted(pathlib.Path(folder).rglob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            value = json.loads(line)
            tools += value.get("result", {}).get("tools", []) if isinstance(value, dict) else []
    return tools


def tools_like(real, count, rng):
    """`count` tools, all different: real ones first, then the same again with a number in every description, so that no
    cache of strings helps."""
    if not real:
        return [made_up_tool(rng, i) for i in range(count)]
    out = []
    for i in range(count):
        tool = dict(real[i % len(real)])
        if i >= len(real):
            tool["name"] = f"{tool.get('name', 'tool')}_{i}"
            tool["description"] = f"{tool.get('description', '')} (variant {i})"
        out.append(tool)
    return out


def write_manifest(path, tools):
    path.write_text(json.dumps({"tools": tools}, ensure_ascii=False), encoding="utf-8")
    return path.stat().st_size


def spawn(arguments):
    """Wall milliseconds, exit code and peak KiB of one process; its output goes nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    elapsed = (time.perf_counter() - begin) * 1000
    os.close(null)
    return elapsed, os.waitstatus_to_exitcode(status), usage.ru_maxrss


def timed(arguments, runs, allowed=(0, 1)):
    samples = []
    for _ in range(runs):
        elapsed, code, _ = spawn(arguments)
        if code not in allowed:
            sys.exit(f"{' '.join(arguments)}: exit code {code}")
        samples.append(elapsed)
    samples.sort()
    return statistics.median(samples), samples[int(len(samples) * 0.99)]


def facts(merlon, path):
    """What one scan looked at, from its own report."""
    read, write = os.pipe()
    pid = os.posix_spawn(merlon, [merlon, "scan", "--format", "json", str(path)], os.environ,
                         file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def measured_on(report, size, tools):
    """What a figure was measured on, in one line."""
    coverage = report["coverage"]
    return (f"{size} bytes, {tools} tools, {coverage['strings']} strings, {report['pack']['rules']} rules, "
            f"{len(report['findings'])} findings, 1 core")


def instructions(arguments):
    """Instructions of one process by callgrind, which other processes do not disturb; None without valgrind."""
    if shutil.which("valgrind") is None:
        return None
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *arguments],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    for line in run.stderr.splitlines():
        if "Collected" in line:
            return int(line.split(":")[1])
    return None


def print_instructions(arguments, tools):
    count = instructions(arguments)
    if count is not None:
        print(f"  instructions                   {count / 1e6:8.1f} million, {count / tools / 1000:.0f} thousand a tool")


def floor_program(merlon):
    return pathlib.Path(merlon).parent / "bench_scan_floor"


def floors(merlon, path, runs):
    start, _ = timed([merlon, "version"], runs)
    print(f"  floor: process start           {start:8.2f} ms p50")
    program = str(floor_program(merlon))
    sys.stdout.flush()
    _, status = os.waitpid(os.posix_spawn(program, [program, str(path)], os.environ), 0)
    if status != 0:
        sys.exit(f"{program} {path}: exit code {os.waitstatus_to_exitcode(status)}")


def bench_small(merlon, folder, real, rng):
    path = folder / "small.json"
    tools = []
    for tool in tools_like(real, 4000, rng):
        if len(json.dumps({"tools": tools + [tool]}, ensure_ascii=False)) <= 20_480:
            tools.append(tool)
        if len(tools) == 28:
            break
    size = write_manifest(path, tools)
    p50, p99 = timed([merlon, "scan", str(path)], RUNS)
    report = facts(merlon, path)
    print(f"one manifest: {measured_on(report, size, len(tools))}, {RUNS} runs")
    print(f"  whole process                  {p50:8.2f} ms p50 {p99:8.2f} ms p99")
    print_instructions([merlon, "scan", str(path)], len(tools))
    floors(merlon, path, RUNS)
    return p50 <= 5.0


def bench_many(merlon, folder, real, rng):
    path = folder / "many.json"
    tools = tools_like(real, 15_000, rng)
    size = write_manifest(path, tools)
    p50, _ = timed([merlon, "scan", "--jobs", "1", "--format", "json", str(path)], 3)
    report = facts(merlon, path)
    print(f"corpus: {measured_on(report, size, len(tools))}, {min(len(real), len(tools))} of the tools real, 3 runs")
    print(f"  whole process                  {p50:8.0f} ms p50, {p50 * 1000 / len(tools):.0f} us a tool, {size / p50 / 1000:.1f} MB/s")
    floors(merlon, path, 3)
    return p50 <= 1000.0


def bench_large(merlon, folder, real, rng):
    path = folder / "large.json"
    size = 0
    number = 0
    source = tools_like(real, 2000, rng)
    with path.open("w", encoding="utf-8") as out:
        out.write('{"tools":[')
        while size < 100_000_000:
            tool = dict(source[number % len(source)], name=f"tool_{number}", description=f"{number} {source[number % len(source)].get('description', '')}")
            size += out.write(("," if number else "") + json.dumps(tool, ensure_ascii=False))
            number += 1
        out.write("]}")
    size = path.stat().st_size
    elapsed, code, peak = spawn([merlon, "scan", "--jobs", "1", "--format", "json", str(path)])
    ratio = peak * 1024 / size
    print(f"large: {size} bytes, {number} tools, exit code {code}, 1 core")
    print(f"  whole process                  {elapsed:8.0f} ms")
    print(f"  peak memory                    {peak / 1024:8.0f} MiB, {ratio:.2f} times the input")
    floors(merlon, path, 3)
    return ratio < 4.0


def bench_hostile(merlon, folder, _real, _rng):
    """Long runs of one thing: four times the length must not take much more than four times the processor time."""
    print("hostile: one description and one parameter, each a run of one unit, 1 core")
    kept = True
    for unit in HOSTILE_UNITS:
        used = []
        for size in (250_000, 1_000_000):
            path = folder / "hostile.json"
            text = unit * (size // len(unit.encode()) + 1)
            write_manifest(path, [{"name": "run_tool", "description": "Bearer" + text, "inputSchema": {
                "type": "object", "properties": {"value": {"type": "string", "description": "password: " + text}}}}])
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            spawn([merlon, "scan", "--jobs", "1", str(path)])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        ratio = used[1] / max(used[0], 0.02)
        kept = kept and ratio < 8
        print(f"  {ascii(unit):24} {used[0] * 1000:8.0f} ms {used[1] * 1000:8.0f} ms, {ratio:.1f} times")
    print(f"  floors of the last one, {path.stat().st_size} bytes:")
    floors(merlon, path, 20)
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("merlon")
    parser.add_argument("--corpus")
    parser.add_argument("--assert", dest="check", action="store_true")
    parser.add_argument("--only", choices=("small", "many", "large", "hostile"))
    options = parser.parse_args()
    merlon = str(pathlib.Path(options.merlon).resolve())
    if not floor_program(merlon).exists():
        sys.exit(f"{floor_program(merlon)} is missing: cmake --build {pathlib.Path(merlon).parent} --target bench_scan_floor")
    cores = os.cpu_count()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"machine: {cores} cores, pinned to one; python {sys.version.split()[0]}")
    real = corpus_tools(options.corpus) if options.corpus else []
    kept = True
    with tempfile.TemporaryDirectory(prefix="merlon-bench-") as name:
        for bench in (bench_small, bench_many, bench_large, bench_hostile):
            if options.only in (None, bench.__name__.removeprefix("bench_")):
                rng = random.Random(20261121)
                met = bench(merlon, pathlib.Path(name), real, rng)
                print(f"  bar {'met' if met else 'MISSED'}")
                kept = kept and met
    return 1 if options.check and not kept else 0


if __name__ == "__main__":
    sys.exit(main())
