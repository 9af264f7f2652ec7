using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Embeddings;

/// <summary>Embeds the inputs of one request, texts and pictures side by side; an input of a list that fails has its own error.</summary>
sealed class EmbeddingPipeline(DeviceCalls devices, PictureInputs pictures, SiloModel model)
{
    const int MaxInputs = 2048;
    const int DefaultBudgetMs = 120_000;

    public async Task<EmbeddingResponse> Embed(EmbeddingRequest request, StageTimes stages, CancellationToken cancellation)
    {
        model.ThrowIfOther(request.Model);
        var inputs = request.Input.Values;
        if (inputs.Count is 0 or > MaxInputs)
            throw Problems.InvalidRequest($"There are {inputs.Count} inputs; 1 to {MaxInputs} are allowed.");
        if (request.EncodingFormat is not ("float" or "base64"))
            throw Problems.InvalidRequest($"'{request.EncodingFormat}' is not an encoding format; 'float' and 'base64' are.");
        if (request.Dimensions is { } length && length != model.EmbeddingSize)
            throw Problems.InvalidRequest($"'dimensions' is {length}; embeddings of this model have {model.EmbeddingSize} numbers and cannot be shortened.");
        var convention = model.ConventionOf(request.Convention);
        var deadline = Deadline.In(RequestBudget.Of(request.BudgetMs, DefaultBudgetMs)).Logged(stages.Devices);

        var texts = inputs.Index().Where(input => input.Item.Text is not null)
            .Select(input => (input.Index, Ids: model.TokenIds(input.Item.Text!, convention))).ToArray();
        var images = inputs.Index().Where(input => input.Item.Image is not null).ToArray();
        var resolved = await stages.Measure("pictures", pictures.Resolve(images.Select(image => image.Item.Image!), cancellation));
        var good = images.Zip(resolved).Where(image => image.Second.Picture is not null).ToArray();

        var embeddedTexts = devices.EncodeTexts(model.Fingerprint, [.. texts.Select(text => text.Ids)], deadline, cancellation);
        var embeddedImages = devices.EncodePictures(
            model.Fingerprint, convention.AppliesOrientation(), [.. good.Select(image => image.Second.Picture!)], deadline, cancellation);
        await stages.Measure("devices", Task.WhenAll(embeddedTexts, embeddedImages));
        Problems.ThrowIfFailed((await embeddedTexts).Reply);
        Problems.ThrowIfFailed((await embeddedImages).Reply);

        var data = new EmbeddingDatum[inputs.Count];
        foreach (var (image, (_, error)) in images.Zip(resolved))
            data[image.Index] = Datum(image.Index, null, error, request);
        Place([.. good.Select(image => image.First.Index)], await embeddedImages, request, data);
        Place([.. texts.Select(text => text.Index)], await embeddedTexts, request, data);
        ThrowIfUnwanted(request, data);
        var tokens = texts.Sum(text => text.Ids.Length);
        return new EmbeddingResponse(
            "list", data, ServedModelExtensions.Id, new TokenUsage(tokens, tokens), (await embeddedImages).Tiers.Counts());
    }

    static void Place(int[] places, EncodingResult encoded, EmbeddingRequest request, EmbeddingDatum[] data)
    {
        for (var i = 0; i < places.Length; i++)
            data[places[i]] = Datum(places[i], encoded.Embeddings[i], encoded.Errors[i]?.Answer(), request);
    }

    static EmbeddingDatum Datum(int index, float[]? values, ApiError? error, EmbeddingRequest request) =>
        new("embedding", index, new EmbeddingVector(values ?? [], request.EncodingFormat == "base64"), error);

    /// <summary>Ends a request whose failed inputs its client does not want to find among the others.</summary>
    static void ThrowIfUnwanted(EmbeddingRequest request, EmbeddingDatum[] data)
    {
        if (request.Input.Single && data[0].Error is { } only)
            throw Problems.OfPicture(only);
        InputFault[] faults = request.AllowPartial ? [] : [.. data.Where(datum => datum.Error is not null).Select(datum => new InputFault(datum.Index, datum.Error!))];
        if (faults.Length > 0)
            throw Problems.BadInputs(faults, data.Length);
    }
}
