@{
    RootModule           = 'FaasPS.Cmdlets.dll'
    NestedModules        = @('FaasPS.Loader.dll') # first: it says where the engine is found
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0b7a52-5f6c-4c8b-9c52-7d2f3a1e9b40'
    Author               = 'FaasPS contributors'
    CompanyName          = 'FaasPS'
    Copyright            = '(c) 2026 FaasPS contributors. MIT licence.'
    Description          = 'Fast text-guided image translation: FCDiffusion with frequency-aware skipping, as cmdlets. No Python.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.4'
    CmdletsToExport      = @(
        'Compare-FaasPolicy'
        'Compare-FaasTranslation'
        'Convert-FaasCheckpoint'
        'Export-FaasContactSheet'
        'Export-FaasPolicy'
        'Export-FaasReport'
        'Get-FaasDevice'
        'Get-FaasModel'
        'Import-FaasModel'
        'Import-FaasPolicy'
        'Import-FaasRouter'
        'Invoke-FaasTraining'
        'Invoke-FaasTranslate'
        'Measure-FaasLayerScore'
        'Measure-FaasPolicy'
        'Measure-FaasPromptComplexity'
        'Measure-FaasThreshold'
        'Merge-FaasPolicy'
        'New-FaasModel'
        'New-FaasPolicy'
        'New-FaasRouter'
        'Remove-FaasModel'
        'Test-FaasPolicy'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    FormatsToProcess     = @('FaasPS.Format.ps1xml')
    TypesToProcess       = @('FaasPS.Types.ps1xml')
    PrivateData          = @{
        PSData = @{
            Tags         = @('diffusion', 'image', 'translation', 'StableDiffusion', 'TorchSharp', 'Windows', 'Linux', 'MacOS', 'PSEdition_Core')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'First version. CHANGELOG.md in the module tells what it does.'
        }
    }
}
