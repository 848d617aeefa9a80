#!/bin/sh
# Builds libLibTorchSharp.so. Usage: build.sh OUTPUT [LIBTORCH]
# LIBTORCH is a PyTorch wheel's torch/ folder or a libtorch folder (include/ and lib/ in it); without it, the system's libtorch.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
libtorch=${2:-}
cxx=${CXX:-g++}

flags="-std=c++17 -O2 -g0 -fPIC -shared -fvisibility=hidden -Wall -Wno-sign-compare"
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

# From 2.11 on the headers are C++20.
version_header=$include/torch/headeronly/version.h
[ -e "$version_header" ] || version_header=$include/torch/csrc/api/include/torch/version.h
version=$(sed -n 's/^#define TORCH_VERSION_MAJOR *//p;s/^#define TORCH_VERSION_MINOR *//p' "$version_header" | tr '\n' ' ')
# shellcheck disable=SC2086
set -- $version
if [ "$1" -gt 2 ] || { [ "$1" -eq 2 ] && [ "$2" -ge 11 ]; }; then
    flags="$flags -std=c++20"
fi
# Wheels before 2.6 were built with the old std::string; its symbols say so.
if nm -DC --defined-only "$lib/libc10.so" 2>/dev/null | grep -q 'c10::Error::Error(.*std::__cxx11'; then
    flags="$flags -D_GLIBCXX_USE_CXX11_ABI=1"
elif nm -DC --defined-only "$lib/libc10.so" 2>/dev/null | grep -q 'c10::Error::Error(.*std::string'; then
    flags="$flags -D_GLIBCXX_USE_CXX11_ABI=0"
fi

mkdir -p "$(dirname "$output")"
# shellcheck disable=SC2086
exec "$cxx" $flags "$here/call.cpp" "$here/tensor.cpp" "$here/runtime.cpp" "$here/attention.cpp" \
    -L"$lib" -ltorch_cpu -lc10 -ldl -fopenmp -o "$output"
