using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Models;

/// <summary>The served model as requests name it.</summary>
static class ServedModelExtensions
{
    /// <summary>The model's id in answers.</summary>
    public const string Id = "mplug";

    /// <summary>Characters of a text; a caption takes 30 words of it.</summary>
    public const int MaxTextLength = 10_000;

    extension(SiloModel model)
    {
        /// <summary>Token ids of a request's text.</summary>
        public int[] TokenIds(string text, TextConvention convention) => text.Length <= MaxTextLength
            ? model.Tokenize(text, convention)
            : throw Problems.InvalidRequest($"A text has {text.Length} characters, at most {MaxTextLength} are allowed.");

        /// <summary>Ends the request if it asks for another model.</summary>
        public void ThrowIfOther(string? asked)
        {
            if (asked is not null && asked != Id && asked != model.Fingerprint)
                throw Problems.NoModel(asked);
        }

        /// <summary>The convention a request asks for, or the package's.</summary>
        public TextConvention ConventionOf(string? asked) => asked is null ? model.Convention
            : TextConventions.TryParse(asked, out var convention) ? convention
            : throw Problems.InvalidRequest($"'{asked}' is not a convention; {TextConventions.Names} are.");
    }

    /// <summary>Where image features came from, as answers say it.</summary>
    public static FeatureCounts Counts(this Grains.Interfaces.Features.TierCounts tiers) => new(tiers.Memory, tiers.Store, tiers.Encoded);

    /// <summary>An item's error, as answers say it.</summary>
    public static ApiError Answer(this Grains.Interfaces.Features.ItemError error) => new(error.Code, error.Reason);
}
