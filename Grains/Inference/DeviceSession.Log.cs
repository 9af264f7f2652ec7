using Microsoft.Extensions.Logging;
using MplugCluster.Model.Calibration;

namespace MplugCluster.Grains.Inference;

/// <summary>What a device says in the log.</summary>
public sealed partial class DeviceSession
{
    void LogShortage(MemoryShortage shortage, string work) => LogShortage(
        Key, work, shortage.Units, shortage.Sizes.Images, shortage.Sizes.TextTokens, shortage.Sizes.PairImages, shortage.Sizes.PairTexts, shortage.Reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device}: {Remark}")]
    partial void LogRemark(string device, string remark);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Device {Device} is lost and takes no more work; others do it. Only a restart of this process brings it back. It said: {Reason}")]
    partial void LogLost(string device, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Device {Device} had no memory for a run of {Units} ({Work}) and repeated it in halves. A run has from now on at most {Images} pictures; "
            + "{TextTokens} tokens of texts; {PairImages} pictures and {PairTexts} texts of each for pairs. It said: {Reason}")]
    partial void LogShortage(string device, string work, int units, int images, int textTokens, int pairImages, int pairTexts, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} cannot remember its batch sizes, and after a restart begins with the old ones: {Reason}")]
    partial void LogUnremembered(string device, string reason);
}
