using FaasPS.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Text;

/// <summary>A model's tokenizer and text tower together: prompts in, embeddings out.</summary>
public sealed class PromptEncoder
{
    private readonly FcDiffusionModel model;
    private readonly ClipTokenizer tokenizer;

    /// <param name="model">The model; several encoders may share it.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="ModelException">The tokenizer belongs to another model.</exception>
    public PromptEncoder(FcDiffusionModel model, ClipTokenizer tokenizer)
    {
        if (tokenizer.VocabularySize != model.Text.Layers.VocabularySize)
        {
            throw new ModelException(
                $"The tokenizer has {tokenizer.VocabularySize} tokens and the model's text tower {model.Text.Layers.VocabularySize}: "
                + "they do not belong together.");
        }
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /// <summary>The channels of an embedding.</summary>
    public long Width => model.Text.Layers.Width;

    /// <summary>A prompt's tokens.</summary>
    internal TokenizedPrompt Tokenize(string prompt) => tokenizer.Tokenize(prompt);

    /// <summary>The prompts' embeddings, [N, 77, D], in the model's type and on its device.</summary>
    internal Tensor Encode(IReadOnlyList<TokenizedPrompt> prompts)
    {
        using var scope = NewDisposeScope();
        var ids = prompts.SelectMany(prompt => prompt.Ids.Select(id => (long)id)).ToArray();
        var tokens = tensor(ids, [prompts.Count, ids.Length / prompts.Count]).to(model.Device);
        return model.Text.With(text => text.Forward(tokens)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of each prompt's tokens, [N, D], float32, on the CPU: what a router reads.</summary>
    internal Tensor Means(IReadOnlyList<TokenizedPrompt> prompts)
    {
        using var scope = NewDisposeScope();
        return Encode(prompts).to(float32).mean([1]).cpu().MoveToOuterDisposeScope();
    }
}
