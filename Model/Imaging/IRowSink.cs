namespace MplugCluster.Model.Imaging;

/// <summary>Takes a picture from a decoder as it comes, so that no decoder needs to hold the whole of it for us.</summary>
interface IRowSink
{
    /// <summary>Called before the first rows; once more, with the same size, when a decoder gives up and another starts over: then what was pushed is void.</summary>
    /// <param name="width">Stored width in pixels.</param>
    /// <param name="height">Stored height in pixels.</param>
    /// <param name="bottomUp">The last stored row is pushed first.</param>
    void Begin(int width, int height, bool bottomUp);

    /// <summary>The next rows; over all calls exactly the height.</summary>
    /// <param name="rows"><c>[count, width, 4]</c> bytes: red, green, blue and one that means nothing.</param>
    void Push(ReadOnlySpan<byte> rows);
}
