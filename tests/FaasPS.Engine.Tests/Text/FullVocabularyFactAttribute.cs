using FaasPS.Engine.Text;

namespace FaasPS.Engine.Tests.Text;

/// <summary>A test on CLIP's own vocabulary; skipped, and says so, where build/fetch-vocabulary.sh has not put one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullVocabularyFactAttribute : FactAttribute
{
    public FullVocabularyFactAttribute()
    {
        if (VocabularyLocator.Find(VocabularyLocator.UserFolder) is null)
            Skip = $"No CLIP vocabulary in '{VocabularyLocator.UserFolder}'; build/fetch-vocabulary.sh gets it.";
    }
}
