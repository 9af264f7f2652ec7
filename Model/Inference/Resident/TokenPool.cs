using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// One block of a device's memory with places for pictures' tokens, in the precision that the package keeps them in. It is taken when the engine
/// starts and never grows, so that it competes with no run for memory. Used from one thread at a time.
/// </summary>
sealed class TokenPool : IDisposable
{
    /// <summary>Pictures whose tokens are brought to the host at a time: each transfer waits for the device, but takes as much of its memory as it brings.</summary>
    const int MostAtOnce = 16;

    readonly FeaturePrecision precision;
    readonly int tokens, width;
    readonly OnnxType kept;
    readonly TokenCopier into;
    readonly TokenCopier outOf;
    readonly HostBuffer host;
    readonly OrtAllocator allocator;
    readonly DeviceBlock block;
    readonly OrtValue all;
    readonly OrtValue?[] places;

    /// <summary>Takes the memory.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="precision">Number format.</param>
    /// <param name="options">The device.</param>
    /// <param name="bytes">How much; what is left over of a picture is not taken.</param>
    /// <exception cref="OnnxRuntimeException">There is not so much.</exception>
    public TokenPool(MplugConfig config, FeaturePrecision precision, EngineOptions options, long bytes)
    {
        (this.precision, tokens, width) = (precision, config.ImageTokens, config.HiddenSize);
        PictureBytes = BytesOf(config, precision);
        places = new OrtValue?[bytes / PictureBytes];
        Device = ProviderMemory.Of(options.Device);
        kept = precision == FeaturePrecision.Fp16 ? OnnxType.Half : OnnxType.Float;
        into = new TokenCopier(config, OnnxType.Float, kept, options);
        try
        {
            outOf = kept == OnnxType.Float ? into : new TokenCopier(config, kept, OnnxType.Float, options);
            host = new HostBuffer(options.Device);
            allocator = new OrtAllocator(into.Session, Device);
            block = Take(Count * PictureBytes);
            all = View(0, Count);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Places for pictures.</summary>
    public int Count => places.Length;

    /// <summary>Bytes of a place.</summary>
    public long PictureBytes { get; }

    /// <summary>The memory that it is, as the runtime names it.</summary>
    public OrtMemoryInfo Device { get; }

    /// <summary>Bytes of a picture's tokens.</summary>
    public static long BytesOf(MplugConfig config, FeaturePrecision precision) =>
        (precision == FeaturePrecision.Fp16 ? 2L : sizeof(float)) * config.ImageTokens * config.HiddenSize;

    /// <summary>Puts a picture's tokens in a place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="pictures">fp32 tokens <c>[pictures, image tokens, hidden]</c>, of the host or the device.</param>
    /// <param name="picture">Which picture of them.</param>
    public void Write(int place, OrtValue pictures, int picture) => into.Copy(pictures, [picture], Place(place));

    /// <summary>The same with tokens of the host.</summary>
    public void Write(int place, ImageTokens picture)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(picture.ToSingles(), [1, tokens, width]);
        Write(place, value, 0);
    }

    /// <summary>Brings pictures' tokens to the host.</summary>
    /// <param name="pictures">fp32 tokens <c>[pictures, image tokens, hidden]</c> on the device.</param>
    /// <param name="count">How many pictures of them.</param>
    public ImageTokens[] Read(OrtValue pictures, int count)
    {
        var read = new ImageTokens[count];
        for (var done = 0; done < count; done += MostAtOnce)
        {
            var (first, some) = (done, Math.Min(MostAtOnce, count - done));
            using (var target = host.Tensor(kept, some, tokens, width))
                into.Copy(pictures, [.. Enumerable.Range(first, some).Select(picture => (long)picture)], target);
            HostBuffer.Copy(some, picture =>
                read[first + picture] = ImageTokens.FromBytes(host.Numbers<byte>(picture * PictureBytes, (int)PictureBytes), precision));
        }

        return read;
    }

    /// <summary>Takes more memory of the device.</summary>
    public DeviceBlock Take(long bytes) => new(allocator, Device, bytes);

    /// <summary>Gives the tokens of several places <c>[places, image tokens, hidden]</c> in fp32, on the device and only until the caller returns.</summary>
    /// <param name="chosen">The places.</param>
    /// <param name="target">Where on the device they are wanted; null: wherever.</param>
    /// <param name="use">The caller.</param>
    public void Use(IReadOnlyList<int> chosen, OrtValue? target, Action<OrtValue> use)
    {
        if (target is not null)
        {
            outOf.Copy(all, [.. chosen.Select(place => (long)place)], target);
            use(target);
            return;
        }

        if (chosen.Count == 1 && precision == FeaturePrecision.Fp32)
        {
            use(Place(chosen[0]));
            return;
        }

        using var joined = outOf.Copy(all, [.. chosen.Select(place => (long)place)], Device);
        use(joined[0]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Also of a pool whose start failed half-way.
        block?.Dispose();
        allocator?.Dispose();
        outOf?.Dispose();
        if (outOf != into)
            into.Dispose();

        // After the sessions: of a run that failed a copy may still be on its way.
        host?.Dispose();
        Device.Dispose();
    }

    OrtValue Place(int place) => places[place] ??= View(place, 1);

    OrtValue View(int place, int count) => block.View(
        place * PictureBytes, precision == FeaturePrecision.Fp16 ? TensorElementType.Float16 : TensorElementType.Float, count, tokens, width);
}
