using System.Text.RegularExpressions;

namespace MplugCluster.Model.Checkpoints;

/// <summary>
/// Turns the tensor names of both published layouts into one spelling, ModelScope's: <c>text_encoder.encoder.layer.0...</c>,
/// <c>fusion_encoder.encoder.layer.6...</c>, <c>visual_encoder.visual.conv1.weight</c>.
/// </summary>
/// <remarks>
/// Source: ModelScope modelscope/models/multi_modal/mplug_for_all_tasks.py; AliceMind mPLUG/retrieval.py (checkpoint loading). AliceMind's loop
/// deletes a matching key that needs no renaming, so that its own fine-tuned files lose their fusion encoder; here such a key simply stays.
/// </remarks>
static partial class CanonicalNames
{
    /// <summary>The one spelling of a name.</summary>
    public static string Of(string name)
    {
        name = Wrapper().Replace(name, "");
        return name.Contains("decode", StringComparison.Ordinal) ? name : Infix().Replace(name, "$1.");
    }

    /// <summary>Canonical name to name in the file; two names that become one are an error.</summary>
    public static Dictionary<string, string> Map(IEnumerable<string> names, string path)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!map.TryAdd(Of(name), name))
                throw new CheckpointException($"'{path}': the tensors '{map[Of(name)]}' and '{name}' are both {Of(name)}.");
        }

        return map;
    }

    /// <summary>Both loaders take off <c>model.</c> and <c>module.</c> (from wrapped modules), wherever they stand as a whole word.</summary>
    [GeneratedRegex(@"(?<![A-Za-z0-9_])(model|module)\.")]
    private static partial Regex Wrapper();

    /// <summary>AliceMind keeps BERT inside a further module.</summary>
    [GeneratedRegex(@"^((?:text_encoder|fusion_encoder)(?:_m)?)\.(?:bert|fusion)\.")]
    private static partial Regex Infix();
}
