#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests, demonstrates, packages or installs FaasPS.
.DESCRIPTION
The tasks themselves are in build/FaasPS.proj. On Linux and macOS this calls build.sh, which also chooses the stack and installs what is
missing; on Windows it takes the packages stack, the only one there.
.EXAMPLE
./build.ps1 -Task Demo
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Demo', 'Calibrate', 'Package', 'Install')]
    [string] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'
if (-not $IsWindows) {
    & (Join-Path $PSScriptRoot 'build.sh') $Task.ToLowerInvariant()
    exit $LASTEXITCODE
}

if (-not $env:FaasStack) { $env:FaasStack = 'packages' }
$summary = Join-Path $PSScriptRoot "artifacts/$env:FaasStack/test-summary.txt"
if (Test-Path $summary) { Remove-Item $summary }
dotnet msbuild (Join-Path $PSScriptRoot 'build/FaasPS.proj') -nologo -v:minimal "-t:$Task"
$status = $LASTEXITCODE
if (Test-Path $summary) { Get-Content $summary }
exit $status
