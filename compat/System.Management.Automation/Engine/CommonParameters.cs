using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>What every command takes. Variables to collect into (-ErrorVariable and so on) need a shell that has variables.</summary>
internal sealed class CommonParameters
{
    [Parameter]
    [Alias("vb")]
    public SwitchParameter? Verbose { get; set; }

    [Parameter]
    [Alias("db")]
    public SwitchParameter? Debug { get; set; }

    [Parameter]
    [Alias("ea")]
    public ActionPreference? ErrorAction { get; set; }

    [Parameter]
    [Alias("wa")]
    public ActionPreference? WarningAction { get; set; }

    [Parameter]
    [Alias("infa")]
    public ActionPreference? InformationAction { get; set; }

    [Parameter]
    [Alias("proga")]
    public ActionPreference? ProgressAction { get; set; }
}

/// <summary>What commands that declare SupportsShouldProcess take as well.</summary>
internal sealed class ShouldProcessParameters
{
    [Parameter]
    [Alias("wi")]
    public SwitchParameter? WhatIf { get; set; }

    [Parameter]
    [Alias("cf")]
    public SwitchParameter? Confirm { get; set; }
}
