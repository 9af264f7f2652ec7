using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Grains.Features;

/// <summary>The cluster's devices as one: encodes and scores anywhere, answers in the order of the question.</summary>
public sealed class DeviceCalls(IGrainFactory grains, IDeviceRingSource rings)
{
    /// <summary>Items per call: a call is a few seconds of work for the published model, and well under 1 MB.</summary>
    const int PicturesPerCall = 8;
    const int TextsPerCall = 256;
    const int GroupsPerCall = 16;

    /// <summary>Texts per picture and call; a picture with more is asked about several times.</summary>
    const int TextsPerGroup = 256;

    /// <summary>Embeddings of texts <c>[texts, embed_dim]</c>.</summary>
    public async Task<EncodingResult> EncodeTexts(string fingerprint, IReadOnlyList<int[]> tokenIds, Deadline deadline, CancellationToken cancellation)
    {
        var result = new EncodingResult(tokenIds.Count);
        var work = new DeviceWork<Piece<int[]>, EncodingReply>(rings, TextsPerCall)
        {
            Place = piece => FeatureKeys.TextPlace(piece.Item),
            Call = (key, chunk, budgetMs, token) => grains.GetGrain<ITextFeatureGrain>(key)
                .Encode(new TextEncodingRequest(fingerprint, [.. chunk.Select(piece => piece.Item)], budgetMs), token),
            ReplyOf = reply => reply.Reply,
            Answered = (chunk, reply) => result.Take([.. chunk.Select(piece => piece.Index)], reply),
        };
        return result with { Reply = await work.Run(tokenIds.Select((ids, i) => new Piece<int[]>(i, ids)), deadline, cancellation) };
    }

    /// <summary>Embeddings of pictures <c>[pictures, embed_dim]</c>, and an error for each picture that has none.</summary>
    public async Task<EncodingResult> EncodePictures(
        string fingerprint, bool applyOrientation, IReadOnlyList<PictureReference> pictures, Deadline deadline, CancellationToken cancellation)
    {
        var result = new EncodingResult(pictures.Count);
        var work = new DeviceWork<Piece<PictureReference>, EncodingReply>(rings, PicturesPerCall)
        {
            Place = piece => piece.Item.ContentHash,
            Call = (key, chunk, budgetMs, token) => grains.GetGrain<IImageFeatureGrain>(key)
                .Encode(new ImageEncodingRequest(fingerprint, applyOrientation, [.. chunk.Select(piece => piece.Item)], budgetMs), token),
            ReplyOf = reply => reply.Reply,
            Answered = (chunk, reply) => result.Take([.. chunk.Select(piece => piece.Index)], reply),
        };
        return result with { Reply = await work.Run(pictures.Select((picture, i) => new Piece<PictureReference>(i, picture)), deadline, cancellation) };
    }

    /// <summary>Scores pairs grouped by picture, where each picture's features are.</summary>
    public async Task<ScoringResult> ScorePairs(
        string fingerprint,
        bool applyOrientation,
        IReadOnlyList<PictureTexts> groups,
        IReadOnlyList<int[]> tokenIds,
        Deadline deadline,
        CancellationToken cancellation)
    {
        var result = new ScoringResult(groups);
        var work = new DeviceWork<GroupPart, PairScoringReply>(rings, GroupsPerCall)
        {
            Place = part => part.Picture.ContentHash,
            Call = (key, chunk, budgetMs, token) => grains.GetGrain<IImageFeatureGrain>(key)
                .Score(Request(fingerprint, applyOrientation, chunk, tokenIds, budgetMs), token),
            ReplyOf = reply => reply.Reply,
            Answered = (chunk, reply) => result.Take(chunk, reply),
        };
        var parts = groups.SelectMany((group, index) => group.Texts.Index().Chunk(TextsPerGroup)
            .Select(texts => new GroupPart(index, texts[0].Index, group.Picture, [.. texts.Select(text => text.Item)])));
        return result with { Reply = await work.Run(parts, deadline, cancellation) };
    }

    /// <summary>Explains a pair, where the picture's features are.</summary>
    /// <param name="fingerprint">Package the caller counts on.</param>
    /// <param name="applyOrientation">EXIF rule.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="tokenIds">The text.</param>
    /// <param name="layer">Fusion layer, counted from 0.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<ExplanationResult> Explain(
        string fingerprint,
        bool applyOrientation,
        PictureReference picture,
        int[] tokenIds,
        int layer,
        Deadline deadline,
        CancellationToken cancellation)
    {
        ExplanationReply? answer = null;
        var work = new DeviceWork<PictureReference, ExplanationReply>(rings, maxPieces: 1)
        {
            Place = piece => piece.ContentHash,
            Call = (key, chunk, budgetMs, token) => grains.GetGrain<IImageFeatureGrain>(key)
                .Explain(new ExplanationRequest(fingerprint, applyOrientation, chunk[0], tokenIds, layer, budgetMs), token),
            ReplyOf = reply => reply.Reply,
            Answered = (_, reply) => answer = reply,
        };
        return ExplanationResult.Of(await work.Run([picture], deadline, cancellation), answer, tokenIds.Length);
    }

    /// <summary>A call carries only the texts that its pictures need, each once.</summary>
    static PairScoringRequest Request(string fingerprint, bool applyOrientation, GroupPart[] parts, IReadOnlyList<int[]> tokenIds, int budgetMs)
    {
        var used = parts.SelectMany(part => part.Texts).Distinct().ToArray();
        var place = used.Index().ToDictionary(text => text.Item, text => text.Index);
        return new PairScoringRequest(
            fingerprint,
            applyOrientation,
            [.. parts.Select(part => new PictureTexts(part.Picture, [.. part.Texts.Select(text => place[text])]))],
            [.. used.Select(text => tokenIds[text])],
            budgetMs);
    }

    sealed record Piece<T>(int Index, T Item);
}
