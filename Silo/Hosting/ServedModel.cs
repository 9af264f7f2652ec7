using MplugCluster.Grains.Inference;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Model.Verification;
using MplugCluster.Silo.Options;

namespace MplugCluster.Silo.Hosting;

/// <summary>The model that a silo serves, and how to start it on a device.</summary>
/// <param name="Model">What every silo knows of it.</param>
/// <param name="Preprocessor">Pictures to pixels.</param>
/// <param name="StartEngine">Loads the sessions on a device of this name; blocks, and is called on the device's own thread.</param>
public sealed record ServedModel(SiloModel Model, IPicturePreprocessor Preprocessor, Func<string, IInferenceEngine> StartEngine)
{
    /// <summary>Opens the package that the options name.</summary>
    /// <exception cref="PackageException">It is damaged or of another format.</exception>
    public static ServedModel Open(MplugOptions options)
    {
        var package = ModelPackage.Open(options.Model);
        var tokenizer = Load(package);
        return new ServedModel(
            new SiloModel(
                package.Fingerprint,
                package.Convention,
                package.Config.Candidates,
                package.Config.EmbeddingSize,
                tokenizer.Encode,
                package.TokenBytes,
                ModelWork.Of(package.Config),
                new ExplainedModel(package.Config.FusionLayers, package.Config.Grid, tokenizer.Piece)),
            new PicturePreprocessor(package.Config.ImageResolution, Limits(options.Pictures)),
            Starter(package, options.Device));
    }

    static Func<string, IInferenceEngine> Starter(ModelPackage package, DeviceOptions options)
    {
        OnnxInferenceEngine Engine(DeviceName device) => new(package, EngineOn(device.ToString(), options));
        var devices = new CheckedDevices(Engine, rounded: options.GpuTf32 || package.Manifest.Precision != Precision.Fp32);
        return device => options.GpuCheck ? devices.Start(DeviceName.Parse(device)) : Engine(DeviceName.Parse(device));
    }

    /// <summary>How a silo with these options runs the model on a device.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="options">The silo's devices.</param>
    /// <exception cref="FormatException">There is no such device.</exception>
    public static EngineOptions EngineOn(string device, DeviceOptions options) => new()
    {
        Device = DeviceName.Parse(device),
        IntraOpThreads = options.ChosenIntraOpThreads,
        MappedWeights = options.MappedWeights,
        GpuImageBatch = options.GpuImageBatch,
        Cuda = options.Cuda,
    };

    /// <summary>What a picture may cost.</summary>
    internal static PictureLimits Limits(PictureOptions options) =>
        new() { MaxBytes = options.MaxBytes, MaxPixels = options.MaxPixels, MaxScans = options.MaxScans };

    static CaptionTokenizer Load(ModelPackage package)
    {
        try
        {
            return CaptionTokenizer.Load(package.VocabularyPath);
        }
        catch (InvalidDataException e)
        {
            throw new PackageException(e.Message, e);
        }
    }
}
