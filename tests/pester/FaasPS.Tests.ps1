#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# What only PowerShell itself can judge. Build first: ./build.ps1 -Task Package; then Invoke-Pester tests/pester.

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $script:module = Get-ChildItem (Join-Path $root 'out/FaasPS/*/FaasPS.psd1') | Sort-Object FullName | Select-Object -Last 1
    $script:fixtures = Join-Path $root 'tests/fixtures/tiny'
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
        $model = Import-FaasModel (Join-Path $fixtures 'model.safetensors') -Name shared -Tokenizer (Join-Path (Split-Path $module) 'models/demo')
        $sequence = (Invoke-FaasTranslate b.png -Model shared -Steps 3 -Seed 5 -OutputDirectory s).OutputPath | ForEach-Object { (Get-FileHash -LiteralPath $_).Hash }
        $parallel = 1..2 | ForEach-Object -Parallel {
            Import-Module $using:module
            Set-Location $using:TestDrive
            $result = Invoke-FaasTranslate b.png -Model $using:model -Steps 3 -Seed 5 -OutputDirectory "p$_"
            (Get-FileHash -LiteralPath $result.OutputPath).Hash
        }
        $parallel | ForEach-Object { $_ | Should -Be $sequence }
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

Describe 'Prompts' {
    BeforeAll {
        Import-Module $module -Force
        Push-Location $TestDrive
        'a cat', '', 'an old castle' | Set-Content prompts.txt
        'a dog' | Set-Content 'one[1].txt'
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
