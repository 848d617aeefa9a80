#!/usr/bin/env python3
r"""Times FaasPS beside plain PyTorch in one run, interleaved, and prints the ratios.

usage: compare.py <model folder> [--types fp32 bf16] [--rounds 3] [--repeats 2] [--steps 2] [--parts step decode ...]

Run it with a python3 that has PyTorch (Debian: python3-torch, python3-yaml), after building:
    FaasStack=system dotnet build -c Release benchmarks/FaasPS.Benchmarks
    dotnet artifacts/system/bin/FaasPS.Benchmarks/release/FaasPS.Benchmarks.dll \
        make tests/fixtures/full/model_config.yaml <folder> fp32
A round starts each side anew and lets it repeat the work; the first repeat of a process is warm-up and not counted when there are more.
A ratio below 1 means that FaasPS is faster. A translation has the text tower, encoding, --steps guided steps and decoding; "unet" has no
control. PyTorch gets an environment that is better than the one it finds: OpenBLAS chooses its kernels itself, and glibc keeps freed memory,
where it otherwise maps every large result anew. "load /rd" compares loading with reading the file into memory (numpy.fromfile).
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
BASELINE_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
BASELINE_ENVIRONMENT |= {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
PARTS = ("step", "control", "unet", "text", "encode", "decode", "translation")


def run(command, environment):
    values = collections.defaultdict(list)
    for line in subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout.splitlines():
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
    print(f"  {name:11} {unit:3} {spread(ours):32} {spread(theirs):32} {ratio:6.2f}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--types", nargs="+", default=["fp32", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    model = os.path.join(arguments.folder, "model.safetensors")
    cores = str(len(os.sched_getaffinity(0)))
    work = [str(arguments.repeats), str(arguments.steps)]
    for type_name in arguments.types:
        ours, theirs, reads = collections.defaultdict(list), collections.defaultdict(list), []
        for _ in range(arguments.rounds):
            reads.append(read_once(model))
            for into, command, environment in (
                (ours, ["dotnet", BENCHMARK, "measure", arguments.folder, type_name, *work, *arguments.parts], os.environ),
                (theirs, [sys.executable, BASELINE, arguments.folder, type_name, *work, cores, *arguments.parts], BASELINE_ENVIRONMENT),
            ):
                for name, values in run(command, environment).items():
                    into[name] += values if name == "load" else counted(values)
        print(f"{arguments.folder} {type_name}, {cores} threads; median (min..max)")
        print(f"  {'':11} {'':3} {'FaasPS':32} {'PyTorch':32} {'ratio':>6}")
        for name in (*arguments.parts, "load"):
            row(name, ours[name], theirs[name])
        row("load", ours["load"], reads, "/rd")
        row("memory", [v / 1e9 for v in ours["peak_memory_bytes"]], [v / 1e9 for v in theirs["peak_memory_bytes"]], "GB")
        differences = [f"{name} {max(theirs[name + '_relative_difference']):.2g}" for name in arguments.parts]
        print(f"  relative differences of the outputs: {', '.join(differences)}")


if __name__ == "__main__":
    main()
