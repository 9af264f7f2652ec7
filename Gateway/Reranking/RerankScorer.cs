using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Gateway.Reranking;

/// <summary>Scores the documents of one kind against a query. A document that fails is a fault; a query that fails ends the request.</summary>
sealed class RerankScorer(DeviceCalls devices, string fingerprint, bool applyOrientation, RerankQuery query, Deadline deadline)
{
    /// <summary>Pictures: by ITM against a text, by ITC against a picture.</summary>
    public async Task<RerankScores> Pictures(RerankPicture[] documents, CancellationToken cancellation)
    {
        if (documents.Length == 0)
            return RerankScores.None;
        var indexes = documents.Select(document => document.Index).ToArray();
        if (query.Picture is not null)
        {
            PictureReference[] all = [query.Picture, .. documents.Select(document => document.Picture)];
            return Itc(indexes, await devices.EncodePictures(fingerprint, applyOrientation, all, deadline, cancellation));
        }

        var scored = await devices.ScorePairs(
            fingerprint, applyOrientation, [.. documents.Select(document => new PictureTexts(document.Picture, [0]))], [query.TokenIds!], deadline, cancellation);
        Problems.ThrowIfFailed(scored.Reply);
        return Of(
            indexes,
            scored.Errors,
            i => Itm(indexes[i], scored.ItmLogits[i][0]!.Value, scored.ItcSimilarities[i][0]),
            scored.Tiers);
    }

    /// <summary>Texts: by ITM against a picture, by ITC against a text.</summary>
    public async Task<RerankScores> Texts(RerankText[] documents, CancellationToken cancellation)
    {
        if (documents.Length == 0)
            return RerankScores.None;
        var indexes = documents.Select(document => document.Index).ToArray();
        if (query.Picture is null)
        {
            int[][] all = [query.TokenIds!, .. documents.Select(document => document.TokenIds)];
            return Itc(indexes, await devices.EncodeTexts(fingerprint, all, deadline, cancellation));
        }

        PictureTexts[] group = [new PictureTexts(query.Picture, [.. Enumerable.Range(0, documents.Length)])];
        var scored = await devices.ScorePairs(
            fingerprint, applyOrientation, group, [.. documents.Select(document => document.TokenIds)], deadline, cancellation);
        Problems.ThrowIfFailed(scored.Reply);
        if (scored.Errors[0] is { } error)
            throw Problems.OfPicture(error.Answer());
        return Of(
            indexes,
            new ItemError?[documents.Length],
            i => Itm(indexes[i], scored.ItmLogits[0][i]!.Value, scored.ItcSimilarities[0][i]),
            scored.Tiers);
    }

    /// <summary>By ITC similarity to the first of what was encoded, the query.</summary>
    static RerankScores Itc(int[] indexes, EncodingResult encoded)
    {
        Problems.ThrowIfFailed(encoded.Reply);
        if (encoded.Errors[0] is { } error)
            throw Problems.OfPicture(error.Answer());
        return Of(indexes, encoded.Errors[1..], i => Itc(indexes[i], InnerProduct(encoded.Embeddings[0]!, encoded.Embeddings[i + 1]!)), encoded.Tiers);
    }

    static RerankScores Of(int[] indexes, ItemError?[] errors, Func<int, RerankResult> result, TierCounts tiers) => new(
        [.. Enumerable.Range(0, indexes.Length).Where(i => errors[i] is null).Select(result)],
        [.. errors.Index().Where(error => error.Item is not null).Select(error => new RerankFault(indexes[error.Index], error.Item!.Answer()))],
        tiers.Counts());

    static RerankResult Itm(int index, ItmLogits logits, float similarity) => new(index, logits.MatchProbability, "itm", logits.Match, similarity);

    static RerankResult Itc(int index, float similarity) => new(index, Math.Clamp(similarity, 0, 1), "itc", null, similarity);

    static float InnerProduct(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return (float)sum;
    }
}
