using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Explain;

/// <summary>Finds the pair that a question is about, or says why it is none.</summary>
sealed class ExplainedPairs(IGrainFactory grains, PictureInputs pictures, SiloModel model)
{
    public async Task<ExplainedPair> Find(ExplanationQuery query, CancellationToken cancellation)
    {
        if (query.Item is null != query.Corpus is null)
            throw Problems.InvalidRequest("'corpus' and 'item' go together: the corpus's name and the item's id.");
        if (query.Text is { } text && string.IsNullOrWhiteSpace(text))
            throw Problems.InvalidRequest("'text' is empty; it needs at least one word.");
        if (query is { Item: null, Image: null })
        {
            throw query.Text is null
                ? Problems.InvalidRequest("The request needs a picture and a text: 'image' and 'text', or 'corpus', 'item' and 'text'.")
                : Problems.InvalidRequest("The request needs a picture: 'image', or 'corpus' and 'item'.");
        }

        if (query.Item is not null)
            return await OfItem(query, query.Corpus!, query.Item, cancellation);
        if (query.Text is null)
            throw Problems.InvalidRequest("The request needs 'text'.");
        var convention = model.ConventionOf(query.Convention);
        return await OfPicture(query.Image!, query.Text, convention, cancellation);
    }

    async Task<ExplainedPair> OfItem(ExplanationQuery query, string corpus, string id, CancellationToken cancellation)
    {
        var described = await grains.Corpus(corpus).Describe(cancellation);
        Problems.ThrowIfFailed(described, corpus);
        var convention = Convention(query, described.Corpus!);
        var item = (await grains.Corpus(corpus).Find([id], cancellation))[0] ?? throw Problems.NoItem(corpus, id);
        if (item.Kind == ItemKind.Text)
        {
            return query switch
            {
                { Image: null } => throw Problems.NothingToExplain($"Item '{id}' of corpus '{corpus}' is a text, and the request has no 'image'."),
                { Text: not null } => throw Problems.InvalidRequest($"Item '{id}' of corpus '{corpus}' is a text; leave 'text' out."),
                _ => await OfPicture(query.Image, item.Text!, convention, cancellation),
            };
        }

        return query switch
        {
            { Text: { } text, Image: null } => new ExplainedPair(item.Picture!, text, convention),
            { Text: null, Image: null } => throw Problems.InvalidRequest("The request needs 'text'."),
            { Text: null } => throw Problems.NothingToExplain($"Item '{id}' of corpus '{corpus}' is a picture, and so is 'image'."),
            _ => throw Problems.InvalidRequest($"Item '{id}' of corpus '{corpus}' is a picture; leave 'image' out."),
        };
    }

    async Task<ExplainedPair> OfPicture(PictureInput image, string text, TextConvention convention, CancellationToken cancellation)
    {
        var (picture, error) = await pictures.Resolve(image, cancellation);
        return error is null ? new ExplainedPair(picture!, text, convention) : throw Problems.OfPicture(error);
    }

    /// <summary>What the corpus was prepared with: the explanation is one of what its searches score.</summary>
    TextConvention Convention(ExplanationQuery query, CorpusDescription corpus)
    {
        if (corpus.Fingerprint != model.Fingerprint)
        {
            throw Problems.ModelMismatch(
                $"Corpus '{corpus.Name}' was made with the model {corpus.Fingerprint}; this cluster serves {model.Fingerprint}.");
        }

        TextConventions.TryParse(corpus.Convention, out var own);
        return query.Convention is null || model.ConventionOf(query.Convention) == own
            ? own
            : throw Problems.ConventionMismatch(corpus.Name, corpus.Convention, query.Convention);
    }
}
