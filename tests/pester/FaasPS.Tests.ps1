#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# What only PowerShell itself can judge. Build first: ./build.ps1 -Task Package; then Invoke-Pester tests/pester.

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $script:module = Get-ChildItem (Join-Path $root 'out/FaasPS/*/FaasPS.psd1') | Sort-Object FullName | Select-Object -Last 1
    $script:fixtures = Join-Path $root 'tests/fixtures/tiny'

    # Runs a script in a session of its own and gives that session, its streams full.
    function Invoke-Apart([string] $Script, [object[]] $Arguments) {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $null = $shell.AddScript($Script)
        $Arguments | ForEach-Object { $null = $shell.AddArgument($_) }
        $null = $shell.Invoke()
        $shell
    }
}

Describe 'The module' {
    It 'has a valid manifest whose exports are the actual ones' {
        $manifest = Test-ModuleManifest $module
        $imported = Import-Module $module -PassThru -Force
        $imported.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.ExportedCmdlets.Keys | Sort-Object)
    }

    It 'imports in a clean session in under half a second, without libtorch' {
        $seconds, $loaded = pwsh -NoProfile -Command {
            param($path)
            (Measure-Command { Import-Module $path }).TotalSeconds
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -contains 'TorchSharp'
        } -Args $module.FullName
        [double] $seconds | Should -BeLessThan 0.5
        $loaded | Should -Be $false
    }

    It 'loads no TorchSharp for -WhatIf' {
        $loaded = pwsh -NoProfile -Command {
            param($path, $picture)
            Import-Module $path
            $null = Invoke-FaasTranslate $picture -Prompt x -Mode Adaptive -WhatIf
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -contains 'TorchSharp'
        } -Args $module.FullName, (Join-Path $fixtures 'image0.png')
        $loaded | Select-Object -Last 1 | Should -Be $false
    }

    It 'is not disturbed by other versions of what it depends on' {
        $failed = pwsh -NoProfile -Command {
            param($path, $picture)
            foreach ($name in 'TorchSharp', 'YamlDotNet', 'Google.Protobuf') {
                $file = Join-Path ([IO.Path]::GetTempPath()) "$([guid]::NewGuid())" "$name.dll"
                $null = New-Item -ItemType Directory (Split-Path $file)
                Add-Type -OutputAssembly $file -TypeDefinition "[assembly: System.Reflection.AssemblyVersion(`"0.1.0.0`")] public class Other$($name.Replace('.', '')) { }"
                $null = [Reflection.Assembly]::LoadFrom($file)
            }
            Import-Module $path
            Set-Location ([IO.Path]::GetTempPath())
            $null = Invoke-FaasTranslate $picture -Prompt x -Steps 1 -OutputDirectory "$([guid]::NewGuid())" -ErrorVariable problems
            $problems.Count
        } -Args $module.FullName, (Join-Path $fixtures 'image0.png')
        $failed | Select-Object -Last 1 | Should -Be 0
    }

    It 'has views of four to six columns that fit 100' {
        Import-Module $module -Force
        foreach ($view in (Get-FormatData -PowerShellVersion 7.4 FaasPS.*).FormatViewDefinition) {
            if ($view.Control -isnot [System.Management.Automation.TableControl]) { continue }
            $view.Control.Headers.Count | Should -BeIn 4, 5, 6
            ($view.Control.Headers | Measure-Object Width -Sum).Sum + $view.Control.Headers.Count - 1 | Should -BeLessOrEqual 100
        }
    }

    It 'uses approved verbs' {
        Import-Module $module -Force
        $approved = (Get-Verb).Verb
        (Get-Command -Module FaasPS).Verb | ForEach-Object { $_ | Should -BeIn $approved }
    }
}

Describe 'Invoke-FaasTranslate' {
    BeforeAll {
        Import-Module $module -Force
        Push-Location $TestDrive
        foreach ($name in 'a[1]', 'b') {
            Copy-Item -LiteralPath (Join-Path $fixtures 'image0.png') -Destination $TestDrive
            [IO.File]::Move((Join-Path $TestDrive 'image0.png'), (Join-Path $TestDrive "$name.png"))
            [IO.File]::WriteAllText((Join-Path $TestDrive "$name.txt"), "a picture of $name")
        }
    }

    AfterAll { Pop-Location }

    It 'takes files from the pipeline, brackets and all, and streams typed results' {
        $results = Get-ChildItem *.png | Invoke-FaasTranslate -Steps 2 -Seed 1
        $results.Count | Should -Be 2
        $results | ForEach-Object { $_ | Should -BeOfType FaasPS.Cmdlets.FaasTranslation }
        $results.OutputPath | ForEach-Object { Test-Path -LiteralPath $_ | Should -BeTrue }
    }

    It 'writes nothing with -WhatIf' {
        Get-ChildItem *.png | Invoke-FaasTranslate -OutputDirectory nothing -WhatIf
        Test-Path nothing | Should -BeFalse
    }

    It 'shows a table that fits 100 columns without cut headers' {
        $text = Get-ChildItem b.png | Invoke-FaasTranslate -Steps 1 | Format-Table | Out-String -Width 100
        $text | Should -Match 'Name\s+Band\s+Route\s+Seed\s+Saved\s+Duration'
        ($text -split "`n" | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 101
    }

    It 'is stopped within seconds and leaves no partial file' {
        $shell = [powershell]::Create().AddScript({
            param($module, $folder)
            Import-Module $module
            Set-Location $folder
            Invoke-FaasTranslate b.png -Steps 1000 -OutputDirectory stopped
        }).AddArgument($module.FullName).AddArgument("$TestDrive")
        $null = $shell.BeginInvoke()
        Start-Sleep -Seconds 3
        (Measure-Command { $shell.Stop() }).TotalSeconds | Should -BeLessThan 5
        Get-ChildItem (Join-Path $TestDrive 'stopped') -File -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'gives the same bits in thread jobs that share a model as in sequence' {
        $model = Import-FaasModel (Join-Path $fixtures 'model.safetensors') -Name shared -Tokenizer $fixtures
        $sequence = (Invoke-FaasTranslate b.png -Model shared -Steps 3 -Seed 5 -OutputDirectory s).OutputPath | ForEach-Object { (Get-FileHash -LiteralPath $_).Hash }
        $parallel = 1..2 | ForEach-Object -Parallel {
            Import-Module $using:module
            Set-Location $using:TestDrive
            $result = Invoke-FaasTranslate b.png -Model $using:model -Steps 3 -Seed 5 -OutputDirectory "p$_"
            (Get-FileHash -LiteralPath $result.OutputPath).Hash
        }
        $parallel | ForEach-Object { $_ | Should -Be $sequence }
    }

    It 'gives the same bits in thread jobs' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
        $model = Import-FaasModel (Join-Path (Split-Path $module) 'models/demo') -Name jobs
        $run = {
            param($path, $folder, $model, $seed)
            Import-Module $path
            Set-Location $folder
            (Get-FileHash -LiteralPath (Invoke-FaasTranslate b.png -Model $model -Mode Adaptive -Steps 5 -Seed $seed -OutputDirectory "j$seed").OutputPath).Hash
        }
        $jobs = 1..3 | ForEach-Object { Start-ThreadJob $run -ArgumentList $module.FullName, "$TestDrive", $model, $_ }
        $parallel = $jobs | Receive-Job -Wait -AutoRemoveJob | Sort-Object
        $sequence = 1..3 | ForEach-Object { & $run $module.FullName "$TestDrive" $model $_ } | Sort-Object
        $parallel | Should -Be $sequence
    }

    It 'shows nested progress with the time left, completed even after an error' {
        [IO.File]::WriteAllText((Join-Path $TestDrive 'd.png'), 'no picture')
        [IO.File]::WriteAllText((Join-Path $TestDrive 'd.txt'), 'a prompt')
        $shell = Invoke-Apart 'Import-Module $args[0]; Set-Location $args[1]; Invoke-FaasTranslate b.png, d.png -Steps 60 -OutputDirectory progress; Invoke-FaasTranslate b.png -Width 100' $module.FullName, "$TestDrive"
        $records = @($shell.Streams.Progress | Where-Object { $_.ActivityId -in 1, 2 })
        $steps = @($records | Where-Object { $_.ParentActivityId -eq 1 -and $_.RecordType -eq 'Processing' })
        @($steps | Where-Object { $_.SecondsRemaining -ge 0 }).Count | Should -Not -Be 0
        @($records | Where-Object { $_.RecordType -eq 'Completed' }).ActivityId | Sort-Object | Should -Be 1, 1, 2, 2
        $shell.Streams.Error.Count | Should -Be 2
        Remove-Item (Join-Path $TestDrive 'd.*')
    }

    It 'writes results as words and numbers to JSON and tables' {
        $result = Invoke-FaasTranslate b.png -Mode Adaptive -Steps 2 -OutputDirectory facts | Select-Object Facts
        $json = $result | ConvertTo-Json -Depth 1 -WarningAction SilentlyContinue
        $json.Length | Should -BeLessOrEqual 2000
        ($json | ConvertFrom-Json).Mode | Should -Be 'Adaptive'
        ($result | ConvertTo-Csv)[1] | Should -Match '"Adaptive"'
    }

    It 'reports one bad picture as one error and goes on' {
        [IO.File]::WriteAllText((Join-Path $TestDrive 'c.png'), 'no picture')
        [IO.File]::WriteAllText((Join-Path $TestDrive 'c.txt'), 'a prompt')
        $results = Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -OutputDirectory bad -ErrorVariable problems -ErrorAction SilentlyContinue
        $results.Count | Should -Be 2
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'FaasImageInvalid*'
        Remove-Item c.png, c.txt
    }
}

Describe 'Batches' {
    BeforeAll {
        Import-Module $module -Force
        Push-Location $TestDrive
        foreach ($name in 'x[1]', 'y') {
            [IO.File]::Copy((Join-Path $fixtures 'image0.png'), (Join-Path $TestDrive "$name.png"), $true)
            [IO.File]::WriteAllText((Join-Path $TestDrive "$name.txt"), "a picture of $name")
        }
    }

    AfterAll { Pop-Location }

    It 'takes a table by its columns, empty cells saying nothing' {
        'image,prompt,band,seed', 'x[1].png,a dog,low_pass,5', 'y.png,,,' | Set-Content jobs.csv
        $results = @(Import-Csv jobs.csv | Invoke-FaasTranslate -Steps 1 -OutputDirectory csv)
        $results.Prompt | Should -Be @('a dog', 'a picture of y')
        $results.Band | Should -Be @('low_pass', 'high_pass')
        $results[0].Seed | Should -Be 5
    }

    It 'takes JSON as a list and line by line' {
        '[{"image":"x[1].png","prompt":"a dog"},{"image":"y.png","prompt":null}]' | Set-Content jobs.json
        (Get-Content jobs.json | ConvertFrom-Json | Invoke-FaasTranslate -Steps 1 -OutputDirectory json).Prompt | Should -Be @('a dog', 'a picture of y')
        '{"image":"x[1].png","seed":3}', '{"image":"y.png","seed":4}' | Set-Content jobs.jsonl
        (Get-Content jobs.jsonl | ConvertFrom-Json | Invoke-FaasTranslate -Steps 1 -OutputDirectory jsonl).Seed | Should -Be @(3, 4)
    }

    It 'goes on with -NoClobber and says what it left' {
        $null = Invoke-FaasTranslate y.png -Steps 1 -OutputDirectory resumed
        $results = @(Get-ChildItem x*.png, y*.png | Invoke-FaasTranslate -Steps 1 -OutputDirectory resumed -NoClobber -WarningVariable said -WarningAction SilentlyContinue)
        $results.Name | Should -Be 'full_full_x[1].png'
        "$said" | Should -Match 'left 1 picture'
        $all = @(Get-ChildItem x*.png, y*.png | Invoke-FaasTranslate -Steps 1 -OutputDirectory resumed -NoClobber -WarningAction SilentlyContinue -ErrorVariable problems)
        $all.Count + $problems.Count | Should -Be 0
    }

    It 'repeats a picture from the manifest, bit for bit' {
        $made = Invoke-FaasTranslate y.png -Mode Adaptive -DeepCacheInterval 2 -Steps 3 -OutputDirectory made
        $line = Get-Content made/results.jsonl | ConvertFrom-Json -AsHashtable
        $parameters = $line.Parameters
        $again = Invoke-FaasTranslate -LiteralPath $line.Image @parameters -OutputDirectory again
        (Get-FileHash -LiteralPath $again.OutputPath).Hash | Should -Be (Get-FileHash -LiteralPath $made.OutputPath).Hash
    }
}

Describe 'Prompts' {
    BeforeAll {
        Import-Module $module -Force
        Push-Location $TestDrive
        'a cat', '', 'an old castle' | Set-Content prompts.txt
        'a dog' | Set-Content -LiteralPath 'one[1].txt'
    }

    AfterAll { Pop-Location }

    It 'scores the lines of Get-Content as text' {
        (Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-Object -Property Score -Average).Count | Should -Be 3
        (Get-Content prompts.txt | Measure-FaasPromptComplexity).Prompt | Should -Be @('a cat', '', 'an old castle')
    }

    It 'scores the files of Get-ChildItem as a prompt each' {
        $score = Get-ChildItem one* | Measure-FaasPromptComplexity
        $score.Prompt | Should -Be 'a dog'
        $score.Source | Should -Be (Convert-Path -LiteralPath 'one[1].txt')
    }

    It 'analyses scores, and says so when there are none' {
        (Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-FaasThreshold).Count | Should -Be 3
        Measure-FaasThreshold -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'FaasScoreMissing*'
    }
}
