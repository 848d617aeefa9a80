#!/usr/bin/env python3
r"""Times FaasPS beside plain PyTorch in one run, interleaved, and prints the ratios.

usage: compare.py <model folder> [--types fp32 bf16] [--rounds 3] [--repeats 2]

Run it with a python3 that has PyTorch (Debian: python3-torch, python3-yaml), after building:
    FaasStack=system dotnet build -c Release benchmarks/FaasPS.Benchmarks
    dotnet artifacts/system/bin/FaasPS.Benchmarks/release/FaasPS.Benchmarks.dll \
        make tests/fixtures/full/model_config.yaml <folder> fp32
A round starts each side anew and lets it repeat the work; the first repeat of a process is warm-up and not counted when there are more.
A ratio below 1 means that FaasPS is faster. "load /rd" compares loading with reading the file into memory (numpy.fromfile).
"""
import argparse
import collections
import os
import statistics
import subprocess
import sys
import time

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
STACK = os.environ.get("FaasStack", "system")
BENCHMARK = os.path.join(HERE, "..", "artifacts", STACK, "bin", "FaasPS.Benchmarks", "release", "FaasPS.Benchmarks.dll")
BASELINE = os.path.join(HERE, "pytorch_baseline.py")


def run(command):
    values = collections.defaultdict(list)
    for line in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        name, _, value = line.partition("=")
        values[name].append(float(value))
    return values


def read_once(path):
    start = time.perf_counter()
    numpy.fromfile(path, dtype=numpy.uint8)
    return time.perf_counter() - start


def counted(values):
    return values[1:] if len(values) > 1 else values


def row(name, ours, theirs, unit="s"):
    ratio = statistics.median(ours) / statistics.median(theirs)
    spread = lambda v: f"{statistics.median(v):9.3f} ({min(v):.3f}..{max(v):.3f})"
    print(f"  {name:8} {unit:3} {spread(ours):32} {spread(theirs):32} {ratio:6.2f}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--types", nargs="+", default=["fp32", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=2)
    arguments = parser.parse_args()
    model = os.path.join(arguments.folder, "model.safetensors")
    cores = str(len(os.sched_getaffinity(0)))
    for type_name in arguments.types:
        ours, theirs, reads = collections.defaultdict(list), collections.defaultdict(list), []
        for _ in range(arguments.rounds):
            reads.append(read_once(model))
            for into, command in (
                (ours, ["dotnet", BENCHMARK, "measure", arguments.folder, type_name, str(arguments.repeats)]),
                (theirs, [sys.executable, BASELINE, arguments.folder, type_name, str(arguments.repeats), cores]),
            ):
                for name, values in run(command).items():
                    into[name] += values if name == "load" else counted(values)
        print(f"{arguments.folder} {type_name}, {cores} threads; median (min..max)")
        print(f"  {'':8} {'':3} {'FaasPS':32} {'PyTorch':32} {'ratio':>6}")
        for name in ("step", "decode", "load"):
            row(name, ours[name], theirs[name])
        row("load", ours["load"], reads, "/rd")
        row("memory", [v / 1e9 for v in ours["peak_memory_bytes"]], [v / 1e9 for v in theirs["peak_memory_bytes"]], "GB")
        for name in ("epsilon_relative_difference", "image_relative_difference"):
            print(f"  {name}: {max(theirs[name]):.2g}")


if __name__ == "__main__":
    main()
