using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Calibration;

/// <summary>Which batch sizes an engine begins with.</summary>
static class CalibratedSizes
{
    /// <summary>The options' sizes, else the package's for this kind of device, else the default.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="note">Told if the package's calibration cannot be used: that is no reason not to start.</param>
    public static RunSizes Of(ModelPackage package, EngineOptions options, Action<string> note)
    {
        var device = options.Device.ToString();
        if (options.Sizes is { } chosen)
            return new RunSizes(device, chosen, remember: null, options.BeforeRun);
        var (file, key) = (new CalibrationFile(package.Directory), CalibrationKey.Of(options.Device, options.IntraOpThreads));
        return new RunSizes(device, Read() ?? BatchSizes.Default(options.Device, options.GpuImageBatch), sizes => file.Reduce(key, sizes), options.BeforeRun);

        BatchSizes? Read()
        {
            try
            {
                return file.Read(key);
            }
            catch (PackageException e)
            {
                note($"{e.Message} Until then batches have their default sizes.");
                return null;
            }
        }
    }
}
