using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference.Resident;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>The pair scorer of a package in its one or two forms, on one device. Used from one thread at a time.</summary>
sealed class PairScorers : IDisposable
{
    readonly MplugConfig config;
    readonly bool sharesTexts;
    readonly InferenceSession scorer;
    readonly InferenceSession? absorbedScorer;
    readonly SharedWeights? shared;
    readonly RunOptions run = new();
    ResidentTokens? resident;
    BlockCopier? copier;
    RecordedRuns? recorded, absorbedRecorded;

    /// <summary>Loads the sessions.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">The device, and how it is to run.</param>
    /// <param name="watch">Told of the sessions.</param>
    /// <param name="note">Told why runs are not recorded though they should.</param>
    public PairScorers(ModelPackage package, EngineOptions options, PlacementWatch watch, Action<string> note)
    {
        (config, sharesTexts) = (package.Config, options.ActsAsGpu);
        Records = options.ActsAsGpu && options.Cuda.Graphs;
        if (Records && Hindrance(options.Cuda) is { } hindrance)
        {
            note($"Device {options.Device} records no runs: {hindrance}.");
            Records = false;
        }

        // Of the runs of sessions that record, only those are recorded that are bound to fixed addresses.
        if (Records)
            run.AddRunConfigEntry("gpu_graph_id", "-1");
        var absorbed = package.AbsorbedPairScorerPath;
        try
        {
            // On the processor the forms keep their rearranged weights together; a GPU has every session's own.
            if (absorbed is not null && !options.ActsAsGpu)
                shared = new SharedWeights(package.WeightsPath, package.PairScorerPath, absorbed);
            scorer = Open(package.PairScorerPath, "pair scorer");
            absorbedScorer = absorbed is null ? null : Open(absorbed, "absorbed pair scorer");
            shared?.Forget();
        }
        catch
        {
            watch.Discard();
            Dispose();
            throw;
        }

        InferenceSession Open(string path, string graph)
        {
            if (shared is not null)
                return OnnxSessionFactory.Open(path, options, shared);
            var recording = options with { Cuda = options.Cuda with { Graphs = Records } };
            var session = sharesTexts
                ? OnnxSessionFactory.Open(SharedTexts.Graph(path), package.Directory, recording, prepack: true, profile: watch.On)
                : OnnxSessionFactory.Open(package, path, recording, prepack: true);
            return watch.Add(session, graph);
        }
    }

    /// <summary>Whether small runs are recorded where tokens stay on the device.</summary>
    public bool Records { get; }

    /// <summary>Shapes of runs that are recorded.</summary>
    public int RecordedShapes => (recorded?.Count ?? 0) + (absorbedRecorded?.Count ?? 0);

    /// <summary>The forms there are: whether they are absorbed, and their sessions.</summary>
    public IEnumerable<(bool Absorbed, InferenceSession Session)> Forms => absorbedScorer is null ? [(false, scorer)] : [(false, scorer), (true, absorbedScorer)];

    /// <summary>From now on pictures' tokens are taken from where they stay on the device. The caller keeps and disposes them.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="options">The device.</param>
    public void Use(ResidentTokens tokens, EngineOptions options)
    {
        resident = tokens;
        if (!Records)
            return;
        copier = new BlockCopier(options);
        recorded = new RecordedRuns(config, scorer, copier, tokens.Pool);
        absorbedRecorded = absorbedScorer is null ? null : new RecordedRuns(config, absorbedScorer, copier, tokens.Pool);
    }

    /// <summary>Scores a run.</summary>
    /// <param name="groups">Pictures and texts.</param>
    /// <param name="batch">Which of them, and how they lie.</param>
    /// <returns>ITM logits <c>[images, texts, 2]</c> of the run's places.</returns>
    public float[] Run(IReadOnlyList<PairGroup> groups, PairBatch batch)
    {
        if (resident is null)
            return RunFrom(onDevice: null, groups, batch);
        float[] logits = [];
        var runs = batch.Absorbed ? absorbedRecorded : recorded;
        var shape = runs?.Of(batch);
        return resident.TryUse(Pictures(), shape?.Image, tokens => logits = shape is null ? RunFrom(tokens, groups, batch) : Replay(shape, tokens))
            ? logits
            : RunFrom(onDevice: null, groups, batch);

        float[] Replay(RecordedShape recording, OrtValue tokens)
        {
            using var inputs = new PairInputs(config, groups, batch, tokens, shared: true, RecordedShape.Rows(batch));
            try
            {
                return recording.Run(inputs);
            }
            catch (OnnxRuntimeException e)
            {
                runs!.GiveUp(batch);

                // Memory was to grow in the middle of a recording, which CUDA forbids: the run itself is well.
                if (!e.Message.Contains("stream is capturing", StringComparison.Ordinal))
                    throw;
                return RunFrom(tokens, groups, batch);
            }
        }

        // Places beyond the last picture hold it once more.
        ImageTokens[] Pictures() =>
            [.. Enumerable.Range(0, batch.Images).Select(image => groups[batch.Rows[Math.Min(image, batch.Rows.Count - 1)].Group].Image.Tokens)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Bindings first, they belong to sessions.
        recorded?.Dispose();
        absorbedRecorded?.Dispose();
        copier?.Dispose();
        scorer?.Dispose();
        absorbedScorer?.Dispose();
        shared?.Dispose();
        run.Dispose();
    }

    string? Hindrance(CudaSettings settings)
    {
        // What joins sequences of two lengths reads a table of the host's that ONNX Runtime, until lately, used again between recording and replay.
        if (Enumerable.Range(0, config.FusionLayers).Any(config.IsConcatLayer))
            return "the model has a concat layer";
        return settings.ChosenTokenBytes == 0 ? "no image tokens stay there (Mplug__Device__GpuTokenBytes)" : null;
    }

    /// <param name="onDevice">The pictures' tokens, if they are on the device.</param>
    float[] RunFrom(OrtValue? onDevice, IReadOnlyList<PairGroup> groups, PairBatch batch)
    {
        using var inputs = new PairInputs(config, groups, batch, onDevice, sharesTexts);
        using var outputs = (batch.Absorbed ? absorbedScorer! : scorer)
            .Run(run, sharesTexts ? PairInputs.SharedNames : PairInputs.Names, inputs.Values, ["itm_logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
