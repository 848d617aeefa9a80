using System.Text.Json;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>Units whose residual is dropped against the reference with those layers taken out.</summary>
public sealed class SkipParityTests
{
    private static readonly string[] Lists =
        ["one_transformer", "brief", "control_only", "diffusion_only", "middle_all", "all_identity_ok", "output_transformers"];

    public static TheoryData<string, SkipPath, string> SkipLists
    {
        get
        {
            var data = new TheoryData<string, SkipPath, string>();
            foreach (var list in Lists)
            {
                data.Add(list, SkipPath.Shortcut, "identity");
                data.Add(list, SkipPath.FaasLight, "faas_light");
            }
            // Where the control branch's middle transformer is not in the list, this reading is the identity.
            foreach (var list in new[] { "brief", "control_only", "middle_all", "all_identity_ok" })
                data.Add(list, SkipPath.FaasHighPass, "faas_highpass");
            data.Add("one_transformer", SkipPath.FaasHighPass, "identity");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SkipLists))]
    public void SkippedUnitsMeetTheReference(string list, SkipPath path, string golden)
    {
        using var scope = NewDisposeScope();
        Goldens.AssertClose($"skip.{list}.{golden}", ApplyModel(new SkipList(list), path));
    }

    [Theory]
    [InlineData(ControlBand.MiniPass)]
    [InlineData(ControlBand.LowPass)]
    [InlineData(ControlBand.MidPass)]
    [InlineData(ControlBand.HighPass)]
    public void TheReferencesPoliciesMeetTheReference(ControlBand band)
    {
        using var scope = NewDisposeScope();
        var policy = TinyPolicy.Get(band);
        var units = TinyModel.Get().Units.ToArray();
        Goldens.AssertClose($"policy_static.{band.Name()}.faas_light", ApplyModel(new StaticTreatments(policy, units), SkipPath.FaasLight));
        Goldens.AssertClose($"policy_static.{band.Name()}.identity_filtered",
            ApplyModel(new StaticTreatments(TinyPolicy.WithoutChannelChanges(policy), units)));
    }

    [Fact]
    public void ATranslationByAPolicyMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get();
        var policy = TinyPolicy.WithoutChannelChanges(TinyPolicy.Get(ControlBand.LowPass));
        var ids = Goldens.Get("text.ids").to(int64);
        var (context, empty) = (model.Text.Layers.Forward(ids.narrow(0, 1, 1)), model.Text.Layers.Forward(ids.narrow(0, 0, 1)));
        var latents = TinyModel.Sample(
            model, 5, Goldens.Get("pipeline.x_T"), context, empty, Goldens.Get("pipeline.low_pass.control"),
            dynamicThreshold: 0.995, treatments: new StaticTreatments(policy, model.Units));
        Goldens.AssertClose("pipeline.faas_static.low_pass.latent", latents);
        Goldens.AssertClose("pipeline.faas_static.low_pass.image", model.Autoencoder.Decode(latents / model.Config.ScaleFactor));
    }

    [Theory]
    [InlineData("light_norm", 64)]
    [InlineData("light_res_same", 32)]
    [InlineData("light_res_grow", 64)]
    [InlineData("light_res_shrink", 32)]
    public void TheBlendMeetsTheReference(string golden, long outputs)
    {
        using var scope = NewDisposeScope();
        Goldens.AssertClose($"layer.{golden}.y", SkippableUnit.Blend(Goldens.Get($"layer.{golden}.x"), outputs));
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

    private static Tensor ApplyModel(ITreatments treatments, SkipPath path = SkipPath.Shortcut)
    {
        using var denoiser = new Denoiser(
            TinyModel.Get(), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"), treatments, path);
        return denoiser.Predict(Goldens.Get("cond.x_noisy"), step: null);
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
