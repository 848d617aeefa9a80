namespace FaasPS.Cmdlets.Tests;

/// <summary>A report with everything in it: runs of three modes, a policy with its scores and curve, prompts and a comparison.</summary>
internal static class ReportSample
{
    private static readonly string[] Prompts =
    [
        "a cat", "a dog", "a red car", "a small house by the sea", "an old castle on a hill, oil on canvas", "snow", "two men playing chess",
        "a watercolor painting of a rocket over a city at night, many lights", "a lion", "portrait of an astronaut, photograph",
        "a bowl of fruit on a wooden table beside a window, soft morning light", "a ship",
    ];

    public static void Write(ModuleSession module, string file)
    {
        foreach (var (picture, prompt) in new[] { ("a.png", "a cat in the snow, watercolor"), ("b.png", "a rocket over a city at night") })
            module.AddPicture(picture, prompt);
        File.WriteAllLines(module.PathOf("prompts.txt"), Prompts);
        var policy = Path.Combine(ModuleSession.Repository, "policies", "demo", "low_pass.json");
        File.WriteAllText(module.PathOf("low_pass.json"), File.ReadAllText(policy));
        var given = new[]
        {
            "Invoke-FaasTranslate a.png -Mode Adaptive -Tolerance 0.15 -Steps 20 -Seed 1 -Baseline -Band low_pass -Policy low_pass.json",
            "Invoke-FaasTranslate b.png -Mode Static -Steps 8 -Seed 2 -Baseline -Band low_pass -Policy low_pass.json -OutputDirectory static",
            "Invoke-FaasTranslate a.png -Steps 8 -Seed 1 -Band low_pass",
            "Measure-FaasPolicy low_pass.json -Path a.png, b.png -Steps 6 -Tolerance 0.1, 0.3",
            "Measure-FaasLayerScore a.png -Band high_pass -Timestep 500 -Network Diffusion",
            "Measure-FaasLayerScore a.png, b.png -Kind Ablation -Band low_pass -Timestep 300, 700",
            "Get-Content prompts.txt | Measure-FaasPromptComplexity",
            "Compare-FaasTranslation a.png b.png",
        }.SelectMany(command =>
        {
            var result = module.Invoke(command);
            Assert.Empty(result.Errors);
            return result.Output;
        }).ToArray();
        module.Session.Variables.Set("given", given);
        Assert.Empty(module.Invoke($"Get-Given | Export-FaasReport '{file}' -Title Report").Errors);
    }
}
