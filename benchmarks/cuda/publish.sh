#!/usr/bin/env bash
# Puts everything that run.sh needs on a machine without .NET into one folder, and packs it: FOLDER and FOLDER.tar.gz.
# usage: benchmarks/cuda/publish.sh FOLDER
# Needs the .NET SDK and what the system stack builds with (see build.sh); no GPU.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
export FaasStack=system

for project in benchmarks/FaasPS.Benchmarks tests/FaasPS.Engine.Tests; do
    dotnet build -c Release -nologo -v:quiet -clp:NoSummary "$project"
done

# The two programs share their assemblies, and the library that run.sh builds beside them. This machine's own would hide that it is missing.
app=$folder/app
rm -rf "$app" "$folder/dotnet"
mkdir -p "$app" "$folder/dotnet/host/fxr" "$folder/dotnet/shared/Microsoft.NETCore.App"
for project in FaasPS.Benchmarks FaasPS.Engine.Tests; do cp -r "artifacts/system/bin/$project/release/." "$app"; done
rm -f "$app/libLibTorchSharp.so"

# The newest .NET runtime here: the programs roll forward to it.
read -r version place < <(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \([^ ]*\) \[\(.*\)\]$/\1 \2/p' | sort -V | tail -n 1)
root=$(dirname "$(dirname "$place")")
cp "$root/dotnet" "$folder/dotnet/"
cp -r "$root/host/fxr/$version" "$folder/dotnet/host/fxr/"
cp -r "$place/$version" "$folder/dotnet/shared/Microsoft.NETCore.App/"

# The rest lies as in the repository: tests look for their fixtures below the folder of FaasPS.sln.
for path in FaasPS.sln LICENSE NOTICE.md compat/TorchSharp/native benchmarks/pytorch_baseline.py benchmarks/cuda \
    tests/fixtures/full tests/fixtures/tiny/{goldens.safetensors,manifest.json,model.safetensors,model_config.yaml,tokenizer}; do
    mkdir -p "$folder/$(dirname "$path")"
    rm -rf "${folder:?}/$path"
    cp -r "$path" "$folder/$path"
done
tar -czf "$folder.tar.gz" -C "$(dirname "$folder")" "$(basename "$folder")"
echo "$folder ($(du -sh "$folder" | cut -f1)) and $folder.tar.gz ($(du -sh "$folder.tar.gz" | cut -f1)), with .NET $version." \
    "There: benchmarks/cuda/run.sh"
