using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Cli.Eval;

/// <summary>An evaluation whose embeddings and logits a cluster computes: each picture and caption encoded once, each pair scored once.</summary>
sealed class ClusterEvaluation(MplugClient client, RetrievalAnnotations annotations, string root, string? convention)
{
    const int PicturesPerCall = 32;
    const int CaptionsPerCall = 1024;

    /// <summary>Pairs per call: seconds of work for the published model, and an answer of a few hundred kilobytes.</summary>
    const int PairsPerCall = 2048;

    readonly PictureInput[] pictures = new PictureInput[annotations.Images.Count];
    readonly float[][] images = new float[annotations.Images.Count][];
    readonly float[][] captions = new float[annotations.Captions.Count][];

    /// <summary>Where image features came from.</summary>
    public FeatureCounts Features { get; private set; } = new(0, 0, 0);

    /// <summary>Encodes everything.</summary>
    /// <exception cref="InvalidDataException">A picture cannot be used: its pairs would be missing from the metrics.</exception>
    public async Task Encode(Action<long> progress, CancellationToken cancellation)
    {
        var uploads = new PictureUploads(client);
        foreach (var numbers in Enumerable.Range(0, pictures.Length).Chunk(PicturesPerCall))
        {
            foreach (var i in numbers)
            {
                var (picture, error) = await uploads.Upload(Path.Combine(root, annotations.Images[i]), cancellation);
                pictures[i] = error is null ? picture! : throw Unusable(i, error);
            }

            var made = await Embed([.. numbers.Select(i => new EmbeddingInput(null, pictures[i]))], cancellation);
            foreach (var (i, datum) in numbers.Zip(made))
                images[i] = datum.Error is null ? datum.Embedding!.Values : throw Unusable(i, datum.Error);
            progress(numbers[^1] + 1);
        }

        foreach (var numbers in Enumerable.Range(0, captions.Length).Chunk(CaptionsPerCall))
        {
            var made = await Embed([.. numbers.Select(i => new EmbeddingInput(annotations.Captions[i], null))], cancellation);
            foreach (var (i, datum) in numbers.Zip(made))
                captions[i] = datum.Embedding!.Values;
            progress(pictures.Length + numbers[^1] + 1);
        }
    }

    /// <summary>Which pairs to score.</summary>
    public RetrievalEvaluation Plan(int candidates) => RetrievalEvaluation.Plan(annotations, images, captions, candidates);

    /// <summary>Scores the plan's pairs, picture by picture.</summary>
    public async Task Score(RetrievalEvaluation plan, Action<long> progress, CancellationToken cancellation)
    {
        var done = 0L;
        foreach (var pairs in plan.Pairs.SelectMany((texts, image) => texts.Select(text => (Image: image, Text: text))).Chunk(PairsPerCall))
        {
            var (usedImages, usedTexts) = (pairs.Select(pair => pair.Image).Distinct().ToArray(), pairs.Select(pair => pair.Text).Distinct().ToArray());
            var (imagePlace, textPlace) = (Places(usedImages), Places(usedTexts));
            var scored = await client.Score(
                new RetrievalRequest
                {
                    Image = usedImages.Select(image => pictures[image]).ToArray(),
                    Text = usedTexts.Select(text => annotations.Captions[text]).ToArray(),
                    Pairs = PairSelection.Of([.. pairs.Select(pair => (imagePlace[pair.Image], textPlace[pair.Text]))]),
                    Convention = convention,
                },
                cancellation);
            foreach (var (pair, result) in pairs.Zip(scored.Data!))
                plan.Add(pair.Image, pair.Text, result.ItmLogit ?? throw Unusable(pair.Image, result.Error!));
            progress(done += pairs.Length);
        }
    }

    async Task<IReadOnlyList<EmbeddingDatum>> Embed(EmbeddingInput[] inputs, CancellationToken cancellation)
    {
        var made = await client.Embed(
            new EmbeddingRequest { Input = inputs, EncodingFormat = "base64", Convention = convention }, cancellation);
        Features += made.Features;
        return made.Data;
    }

    static Dictionary<int, int> Places(int[] numbers) => numbers.Index().ToDictionary(number => number.Item, number => number.Index);

    InvalidDataException Unusable(int image, ApiError error) =>
        new($"Picture {image} ('{annotations.Images[image]}') cannot be evaluated: {error.Code}: {error.Message}");
}
