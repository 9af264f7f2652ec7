using MplugCluster.Training.Data;

namespace MplugCluster.Training.Running;

/// <summary>Failures that come between two steps: what has been learned is whole and worth keeping. A step that fails itself is none of them.</summary>
static class ResumableFault
{
    /// <summary>Whether a failure is of pictures, logs or checkpoints.</summary>
    public static bool Is(Exception fault) => fault is TrainingDataException || IsOfDisk(fault);

    /// <summary>Whether a file cannot be written or read.</summary>
    public static bool IsOfDisk(Exception fault) => fault is IOException or UnauthorizedAccessException;

    /// <summary>The same failure, which also says what became of the run.</summary>
    public static Exception With(Exception fault, string outcome)
    {
        var message = $"{fault.Message.TrimEnd('.')}. {outcome}";
        return fault switch
        {
            TrainingDataException => new TrainingDataException(message, fault),
            UnauthorizedAccessException => new UnauthorizedAccessException(message, fault),
            _ => new IOException(message, fault),
        };
    }
}
