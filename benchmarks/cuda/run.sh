#!/usr/bin/env bash
# On a machine with a CUDA PyTorch and g++, and no .NET: builds the C++ library against that PyTorch, runs the engine's tests tagged Cuda,
# and times the engine beside plain, eager and compiled PyTorch. The folder it lies in is publish.sh's.
# usage: benchmarks/cuda/run.sh [build] [test] [model] [bench]      all of them by default, in this order
#   PYTHON=python3        the interpreter that has PyTorch
#   DEVICE=cuda           cpu rehearses all of it on a machine without a GPU
#   CONFIG=tests/fixtures/full/model_config.yaml     the sizes of the model that is timed; its weights are random
#   MODEL=model           where that model is made; 2.6 GB at full size
#   TYPES="fp16 bf16"  ROUNDS=2  REPEATS=5  VARIANTS="plain eager compiled"     what is timed, see table.py
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3} DEVICE=${DEVICE:-cuda} MODEL=${MODEL:-model} CONFIG=${CONFIG:-tests/fixtures/full/model_config.yaml}
[ "$DEVICE" = cpu ] && TYPES=${TYPES:-fp32}
TYPES=${TYPES:-fp16 bf16} ROUNDS=${ROUNDS:-2} REPEATS=${REPEATS:-5} VARIANTS=${VARIANTS:-plain eager compiled}

fail() { printf 'run.sh: %s\n' "$*" >&2; exit 1; }
[ -f dotnet/dotnet ] || fail "there is no .NET runtime in $PWD/dotnet: make this folder with benchmarks/cuda/publish.sh"
chmod +x dotnet/dotnet
export DOTNET_ROOT=$PWD/dotnet DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GCHeapCount=1

# A wheel holds its own libtorch; Debian's package is built against the system's.
torch=$("$PYTHON" -c 'import os, torch; print(os.path.dirname(torch.__file__))') || fail "$PYTHON has no PyTorch"
if [ -e "$torch/include/torch/csrc/api/include/torch/all.h" ]; then export FAAS_LIBTORCH=$torch; else torch=; fi

# The compiler's own libstdc++ first: what it builds may need a newer one than the system's.
dotnet="env LD_PRELOAD=$("${CXX:-g++}" -print-file-name=libstdc++.so.6) dotnet/dotnet"
bench="$dotnet app/FaasPS.Benchmarks.dll"

build() {
    echo "== the C++ library, against PyTorch $("$PYTHON" -c 'import torch; print(torch.__version__)'), ${torch:-/usr}"
    sh compat/TorchSharp/native/build.sh app/libLibTorchSharp.so "$torch"
}

tests() {
    echo "== the engine's tests tagged Cuda, on $DEVICE"
    FAAS_CUDA_TESTS_ON=$DEVICE $dotnet app/FaasPS.Engine.Tests.dll Cuda
}

model() {
    echo "== a model with random weights of the sizes of $CONFIG, in $MODEL"
    $bench make "$CONFIG" "$MODEL" bf16
}

bench() {
    echo "== FaasPS beside PyTorch on $DEVICE"
    if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,driver_version,clocks.max.sm --format=csv,noheader || true; fi
    [ -e "$MODEL/model.safetensors" ] || model
    # shellcheck disable=SC2086
    "$PYTHON" benchmarks/cuda/table.py "$bench" "$MODEL" "$DEVICE" \
        --types $TYPES --rounds "$ROUNDS" --repeats "$REPEATS" --variants $VARIANTS
}

if [ $# = 0 ]; then set -- build test model bench; fi
status=0
for stage in "$@"; do
    case $stage in
        build) build ;;
        test) tests || status=1 ;; # the times are worth having all the same
        model) model ;;
        bench) bench ;;
        *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
exit $status
