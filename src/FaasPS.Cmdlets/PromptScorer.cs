using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets;

/// <summary>
/// Scores prompts for a cmdlet by a router and a model's text tower. It keeps the model loaded until the cmdlet is done.
/// </summary>
internal sealed class PromptScorer : IDisposable
{
    private readonly FaasModel.Lease lease;
    private readonly double threshold;
    private readonly Dictionary<string, FaasPromptScore> known = new(StringComparer.Ordinal);

    /// <param name="model">Whose text tower reads the prompts.</param>
    /// <param name="router">By default the one that lies beside the model.</param>
    /// <param name="threshold">The router's own by default.</param>
    /// <exception cref="RouterException">There is none, or it is another model's.</exception>
    public PromptScorer(FaasModel model, FaasRouter? router, double? threshold)
    {
        Router = router ?? (model.RouterPath is { } path ? FaasRouter.Load(path) : throw new RouterException(
            $"The model '{model}' has no router: no {Engine.Models.ModelFiles.RouterName}.safetensors or .ckpt lies beside '{model.Path}'. "
            + "Name one with -Router, or train one with New-FaasRouter."));
        this.threshold = threshold ?? Router.Threshold;
        lease = model.Use();
        try
        {
            Router.Engine.CheckWidth(lease.Pipeline.Prompts);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public FaasRouter Router { get; }

    /// <summary>Scores prompts; they are computed together.</summary>
    /// <param name="prompts">Each with the file it came from, if it did.</param>
    public IEnumerable<FaasPromptScore> Score(IReadOnlyList<(string Prompt, string? Source)> prompts)
    {
        var scores = Router.Engine.Score([.. prompts.Select(item => item.Prompt)], lease.Pipeline.Prompts);
        return scores.Zip(prompts, (score, item) => new FaasPromptScore
        {
            Prompt = score.Prompt,
            Source = item.Source,
            Logit = score.Logit,
            Score = score.Value,
            Threshold = threshold,
            Route = (score.IsSimple(threshold) ? TranslationRoute.Simple : TranslationRoute.Complex).ToString(),
            Truncated = score.Truncated,
        });
    }

    /// <summary>One prompt's score, computed once however many pictures it is for.</summary>
    public FaasPromptScore Score(string prompt) =>
        known.TryGetValue(prompt, out var score) ? score : known[prompt] = Score([(prompt, null)]).Single();

    public void Dispose() => lease.Dispose();
}
