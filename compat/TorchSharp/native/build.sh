#!/bin/sh
# Builds libLibTorchSharp.so. Usage: build.sh OUTPUT [LIBTORCH]
# LIBTORCH is a PyTorch wheel's torch/ folder or a libtorch folder (include/ and lib/ in it); without it, the system's libtorch.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
libtorch=${2:-}
cxx=${CXX:-g++}

flags="-O2 -g0 -fPIC -shared -fvisibility=hidden -Wall -Wno-sign-compare"
if [ -n "$libtorch" ]; then
    include=$libtorch/include
    lib=$libtorch/lib
    flags="$flags -I$include -Wl,-rpath,$lib"
else
    include=/usr/include
    lib=$(dirname "$("$cxx" -print-file-name=libtorch_cpu.so)")
fi
if [ ! -e "$include/ATen/core/Tensor.h" ] || [ ! -e "$lib/libtorch_cpu.so" ]; then
    echo "error: no libtorch headers and libraries in ${libtorch:-the system}: expected $include/ATen/core/Tensor.h and" \
        "$lib/libtorch_cpu.so. Install libtorch-dev, or set FAAS_LIBTORCH to a PyTorch wheel's torch folder." >&2
    exit 1
fi

# Each libtorch says which C++ it needs; its own attention came with 2.0, and ours before that is parallel by OpenMP.
standard=c++17
if grep -q '__cplusplus < 202002L' "$include/torch/csrc/api/include/torch/all.h"; then standard=c++20; fi
flags="$flags -std=$standard"
if [ ! -e "$include/ATen/ops/scaled_dot_product_attention.h" ]; then flags="$flags -fopenmp"; fi

# Wheels before 2.6 were built with the old std::string; its symbols say so.
if nm -DC --defined-only "$lib/libc10.so" 2>/dev/null | grep -q 'c10::Error::Error(.*std::__cxx11'; then
    flags="$flags -D_GLIBCXX_USE_CXX11_ABI=1"
elif nm -DC --defined-only "$lib/libc10.so" 2>/dev/null | grep -q 'c10::Error::Error(.*std::string'; then
    flags="$flags -D_GLIBCXX_USE_CXX11_ABI=0"
fi

mkdir -p "$(dirname "$output")"
# shellcheck disable=SC2086
exec "$cxx" $flags "$here/call.cpp" "$here/tensor.cpp" "$here/runtime.cpp" "$here/attention.cpp" \
    -L"$lib" -ltorch_cpu -lc10 -ldl -o "$output"
