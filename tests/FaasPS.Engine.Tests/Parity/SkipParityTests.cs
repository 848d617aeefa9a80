using System.Text.Json;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>Units whose residual is dropped against the reference with those layers taken out.</summary>
public sealed class SkipParityTests
{
    [Theory]
    [InlineData("one_transformer")]
    [InlineData("brief")]
    [InlineData("control_only")]
    [InlineData("diffusion_only")]
    [InlineData("middle_all")]
    [InlineData("all_identity_ok")]
    [InlineData("output_transformers")]
    public void SkippedUnitsMeetTheReference(string list)
    {
        using var scope = NewDisposeScope();
        using var denoiser = new Denoiser(
            TinyModel.Get(), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"), new SkipList(list));
        Goldens.AssertClose($"skip.{list}.identity", denoiser.Predict(Goldens.Get("cond.x_noisy"), step: null));
    }

    [Fact]
    public void AWholeRunWithSkippedUnitsMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var latents = TinyModel.Sample(
            TinyModel.Get(), 5, Goldens.Get("ddim.x_T"), Goldens.Get("ddim.context"), Goldens.Get("ddim.uncond_context"),
            Goldens.Get("cond.hint"), treatments: new SkipList("brief"));
        Goldens.AssertClose("ddim.5.skip_brief.x.05", latents);
    }

    [Fact]
    public void AReusedResidualGivesTheSameBitsAsARunOne()
    {
        using var scope = NewDisposeScope();
        var inputs = (T: Goldens.Get("layer.t"), Context: Goldens.Get("cond.context"),
            Hint: Goldens.Get("cond.hint"), X: Goldens.Get("cond.x_noisy"));
        var memory = new RunThenReuse();
        using var denoiser = new Denoiser(TinyModel.Get(), inputs.T, inputs.Context, inputs.Hint, memory);
        var first = denoiser.Predict(inputs.X, step: null);
        memory.Reuse = true;
        Assert.True(first.equal(denoiser.Predict(inputs.X, step: null)).all().item<bool>());
        Assert.Equal(TinyModel.Get().UNet.Units.Count + TinyModel.Get().Control.Units.Count, memory.Reused);
    }

    private sealed class SkipList : ITreatments
    {
        private readonly HashSet<string> skipped;

        public SkipList(string name)
        {
            using var side = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("tiny", "side.json")));
            var list = side.RootElement.GetProperty("skip_lists").GetProperty(name);
            skipped = [.. Names("control", Network.Control), .. Names("diffusion", Network.Diffusion)];

            IEnumerable<string> Names(string section, Network network) =>
                list.GetProperty(section).EnumerateArray().Select(layer => new Unit(network, layer.GetString()!, 0).ToString()).ToArray();
        }

        public Decision Decide(Unit unit, int step) => new(skipped.Contains(unit.ToString()) ? Treatment.Skip : Treatment.Run, "list");

        public void Observe(Unit unit, int step, Tensor input, Tensor residual) => Assert.DoesNotContain(unit.ToString(), skipped);

        public Tensor Recall(Unit unit) => throw new InvalidOperationException("nothing is reused");
    }

    private sealed class RunThenReuse : ITreatments
    {
        private readonly Dictionary<Unit, Tensor> residuals = [];

        public bool Reuse { get; set; }

        public int Reused { get; private set; }

        public Decision Decide(Unit unit, int step) => new(Reuse ? Treatment.Reuse : Treatment.Run, "test");

        public void Observe(Unit unit, int step, Tensor input, Tensor residual) =>
            residuals[unit] = residual.alias().DetachFromDisposeScope();

        public Tensor Recall(Unit unit)
        {
            Reused++;
            return residuals[unit];
        }
    }
}
