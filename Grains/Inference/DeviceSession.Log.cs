using Microsoft.Extensions.Logging;
using MplugCluster.Model.Calibration;

namespace MplugCluster.Grains.Inference;

/// <summary>What a device says in the log.</summary>
public sealed partial class DeviceSession
{
    void LogRemark(string device, string remark)
    {
        if (logger is not null)
            WriteRemark(logger, device, remark);
    }

    void LogShortage(string device, string work, int units, BatchSizes sizes, string reason)
    {
        if (logger is not null)
            WriteShortage(logger, device, work, units, sizes.Images, sizes.TextTokens, sizes.PairImages, sizes.PairTexts, reason);
    }

    void LogUnremembered(string device, string reason)
    {
        if (logger is not null)
            WriteUnremembered(logger, device, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device}: {Remark}")]
    static partial void WriteRemark(ILogger logger, string device, string remark);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Device {Device} had no memory for a run of {Units} ({Work}) and repeated it in halves. A run has from now on at most {Images} pictures; "
            + "{TextTokens} tokens of texts; {PairImages} pictures and {PairTexts} texts of each for pairs. It said: {Reason}")]
    static partial void WriteShortage(
        ILogger logger, string device, string work, int units, int images, int textTokens, int pairImages, int pairTexts, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} cannot remember its batch sizes, and after a restart begins with the old ones: {Reason}")]
    static partial void WriteUnremembered(ILogger logger, string device, string reason);
}
