#!/usr/bin/env bash
# Builds, tests and demonstrates FaasPS on Linux, installing what is missing. See ./build.sh help.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "build.sh: $*"; }
fail() { printf '%s\n' "build.sh: $*" >&2; exit 1; }

usage() {
    cat <<'EOF'
./build.sh build      builds everything
./build.sh test       builds, then runs every test
./build.sh demo       builds, then translates the pictures in samples/
./build.sh calibrate  builds, then makes the default model's scores and policies in policies/ anew
./build.sh data       makes the pictures to train the demo model on, in artifacts/emoji-pictures
./build.sh package    builds, then lays the module out in out/FaasPS/<version> and packs it for the gallery: out/FaasPS.<version>.nupkg
./build.sh install    builds, then copies the module to where PowerShell looks for yours

FaasStack=packages|system   takes that stack; by default packages when the NuGet feeds have TorchSharp, else system
FAAS_LIBTORCH=<folder>      takes that libtorch (a PyTorch wheel's torch/ or a libtorch zip) instead of the system's
EOF
}

# The packages stack needs TorchSharp and ImageSharp from the feeds. The answer is kept, so that only the first run asks them.
choose_stack() {
    if [ -n "${FaasStack:-}" ]; then say "stack: $FaasStack (from the environment)"; export FaasStack; return; fi
    mkdir -p artifacts
    if [ ! -s artifacts/stack ]; then
        say "asking the NuGet feeds for TorchSharp and ImageSharp"
        if FaasStack=packages dotnet restore src/FaasPS.Engine/FaasPS.Engine.csproj >artifacts/restore-packages.log 2>&1; then
            echo packages >artifacts/stack
        else
            echo system >artifacts/stack
        fi
    fi
    FaasStack=$(cat artifacts/stack)
    export FaasStack
    case $FaasStack in
        packages) say "stack: packages (TorchSharp and ImageSharp from NuGet)" ;;
        system)
            say "stack: system, the machine's own libtorch (the feeds lacked TorchSharp or ImageSharp, see" \
                "artifacts/restore-packages.log; delete artifacts/stack to ask them again)"
            ;;
    esac
}

# Installs Debian packages that are missing.
install_packages() {
    local missing=() package
    if ! command -v dpkg-query >/dev/null; then
        say "this needs what Debian calls $*: install by hand what is missing"
        return 0
    fi
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    say "installing Debian packages: ${missing[*]}"
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

run() { dotnet msbuild build/FaasPS.proj -nologo -v:minimal "-t:$1"; }

task=${1:-help}
case $task in
    build | test | demo | calibrate | data | package | install) ;;
    help | -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

command -v dotnet >/dev/null || fail "the .NET SDK (8.0 or later) is needed: https://dot.net"
choose_stack
if [ "$FaasStack" = system ]; then
    # What it compiles and runs against, as Debian and Ubuntu name it.
    install_packages g++ libjpeg-dev libpng-dev
    [ -n "${FAAS_LIBTORCH:-}" ] || install_packages libtorch-dev libopenblas0-openmp
fi

case $task in
    build) run Build ;;
    demo) run Demo ;;
    calibrate) run Calibrate ;;
    package) run Package ;;
    install) run Install ;;
    data)
        command -v npm >/dev/null || install_packages npm # one that came with Node.js itself cannot lie beside Debian's
        install_packages librsvg2-bin
        build/fetch-emoji.sh artifacts/emoji
        dotnet run --project training/FaasPS.EmojiData -c Release -- compose artifacts/emoji artifacts/emoji-pictures
        ;;
    test)
        # The full CLIP vocabulary is not ours to ship; tests that need it are skipped where it cannot be had.
        build/fetch-vocabulary.sh || say "the CLIP vocabulary could not be fetched: the tests that need it are skipped"
        summary=artifacts/$FaasStack/test-summary.txt
        rm -f "$summary"
        status=0
        run Test || status=$?
        [ ! -e "$summary" ] || cat "$summary"
        exit $status
        ;;
esac
