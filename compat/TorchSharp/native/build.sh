#!/bin/sh
# Builds libLibTorchSharp.so. Usage: build.sh OUTPUT [LIBTORCH]
# LIBTORCH is a PyTorch wheel's torch/ folder or a libtorch folder (include/ and lib/ in it); without it, the system's libtorch.
# OUTPUT - compiles and writes nothing: whether the sources fit a libtorch of which only the headers are here (a Debian package unpacked
# aside has them in FOLDER/usr).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
libtorch=${2:-}
case $output in - | /*) ;; *) output=$PWD/$output ;; esac
case $libtorch in "" | /*) ;; *) libtorch=$PWD/$libtorch ;; esac
cd "$here" # sources are named from here, so that a space in the path does no harm
cxx=${CXX:-g++}

flags="-O3 -g0 -fPIC -fvisibility=hidden -Wall -Wno-sign-compare -Wno-psabi -Wno-maybe-uninitialized -Wno-uninitialized"
if [ -n "$libtorch" ]; then
    include=$libtorch/include
    lib=$libtorch/lib
    set -- -isystem "$include" "-Wl,-rpath,$lib"
else
    set --
    include=/usr/include
    lib=$(dirname "$("$cxx" -print-file-name=libtorch_cpu.so)")
fi
if [ ! -e "$include/ATen/core/Tensor.h" ] || { [ "$output" != - ] && [ ! -e "$lib/libtorch_cpu.so" ]; }; then
    echo "error: no libtorch in ${libtorch:-the system}: $include/ATen/core/Tensor.h and $lib/libtorch_cpu.so are needed." \
        "Install libtorch-dev, or set FAAS_LIBTORCH to a PyTorch wheel's torch folder." >&2
    exit 1
fi

# Each libtorch says which C++ it needs; its own attention came with 2.0, and ours before that is parallel by OpenMP.
standard=c++17
if grep -q '__cplusplus < 202002L' "$include/torch/csrc/api/include/torch/all.h"; then standard=c++20; fi
flags="$flags -std=$standard"
if [ ! -e "$include/ATen/ops/scaled_dot_product_attention.h" ]; then flags="$flags -fopenmp"; fi

sources=
for name in call tensor runtime memory attention layers convolution linear attend pointwise winograd dense; do sources="$sources $name.cpp"; done
if [ "$output" = - ]; then
    for source in $sources; do
        # shellcheck disable=SC2086
        "$cxx" $flags "$@" -fsyntax-only "$source"
    done
    exit 0
fi

# Wheels before 2.6 were built with the old std::string; their symbols say so.
symbols=$(nm -DC --defined-only "$lib/libc10.so" | grep 'c10::Error::Error(' || true)
case $symbols in
    *std::__cxx11*) ;;
    *std::string* | *std::basic_string*) flags="$flags -D_GLIBCXX_USE_CXX11_ABI=0" ;;
esac

mkdir -p "$(dirname "$output")"
# shellcheck disable=SC2086
exec "$cxx" $flags "$@" -shared $sources -L"$lib" -ltorch_cpu -lc10 -ldl -o "$output"
