#!/usr/bin/env python3
"""Times FaasPS beside PyTorch on a device, in turn, and prints a table of ratios. run.sh calls it.

usage: table.py <FaasPS.Benchmarks command> <model folder> <cuda|cpu> [--types fp16 bf16] [--rounds 2] [--repeats 5]
       [--variants plain eager compiled]

The columns are PyTorch's variants, see baseline.py. A ratio below 1 means that FaasPS is faster. A variant that this PyTorch does not have,
or that fails, says why and is left out.
"""
import argparse
import collections
import os
import shlex
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command):
    """The values by name, and none with the reason where the command fails."""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(HERE)}
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if result.returncode:
        return None, (result.stderr.strip().splitlines() or [f"exit status {result.returncode}"])[-1]
    values = collections.defaultdict(list)
    for line in result.stdout.splitlines():
        name, equals, value = line.rpartition("=")
        if equals:
            values[name].append(float(value))
    return values, None


def milliseconds(values):
    return f"{statistics.median(values) * 1e3:9.2f} ({min(values) * 1e3:.2f}..{max(values) * 1e3:.2f})"


def compare(arguments, type_name):
    ours = collections.defaultdict(list)
    theirs = {variant: collections.defaultdict(list) for variant in arguments.variants}
    for _ in range(arguments.rounds):
        work = [arguments.folder, type_name, arguments.device]
        values, error = run([*shlex.split(arguments.benchmark), "device", *work, str(arguments.repeats)])
        if values is None:
            sys.exit(f"FaasPS in {type_name}: {error}")
        for name, repeats in values.items():
            ours[name] += repeats
        for variant in list(theirs):
            values, error = run([sys.executable, os.path.join(HERE, "baseline.py"), *work, variant, str(arguments.repeats)])
            if values is None:
                print(f"{variant} in {type_name} is left out: {error}")
                del theirs[variant]
                continue
            for name, repeats in values.items():
                theirs[variant][name] += repeats

    print(f"\n{arguments.folder}, {type_name} on {arguments.device}; ms, median (min..max), and FaasPS's part of PyTorch's time")
    print(f"{'':14}{'FaasPS':30}" + "".join(f"{variant:38}" for variant in theirs))
    for name, values in ours.items():
        cells = [f"{milliseconds(values):30}"]
        for measured in theirs.values():
            other = measured.get(name)
            ratio = f"{statistics.median(values) / statistics.median(other):5.2f}" if other else ""
            cells.append(f"{milliseconds(other) if other else '-':30}{ratio:8}")
        print(f"{name:14}" + "".join(cells).rstrip())
    for variant, measured in theirs.items():
        for name in measured:
            if name.endswith("differs by"):
                print(f"{name} {max(measured[name]):.2g} from {variant}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("benchmark")
    parser.add_argument("folder")
    parser.add_argument("device", choices=["cuda", "cpu"])
    parser.add_argument("--types", nargs="+", default=["fp16", "bf16"])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--variants", nargs="+", default=["plain", "eager", "compiled"])
    arguments = parser.parse_args()
    for type_name in arguments.types:
        compare(arguments, type_name)


if __name__ == "__main__":
    main()
