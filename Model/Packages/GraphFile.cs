using System.Globalization;
using Google.Protobuf;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Packages;

/// <summary>Reads a graph of a package, and where its weights lie.</summary>
static class GraphFile
{
    /// <summary>The graph, with the places of its weights.</summary>
    /// <exception cref="PackageException">The file is no graph.</exception>
    public static ModelProto Read(string path)
    {
        try
        {
            // No bytes are a message too, one without a graph.
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)) is { Graph: not null } model ? model : throw None(null);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw None(e);
        }

        PackageException None(Exception? inner) => new($"'{path}' is not an ONNX graph. Import the model again.", inner);
    }

    /// <summary>Where a weight begins in the package's weight file, and its length, in bytes.</summary>
    public static (long Offset, long Length) Place(TensorProto weight)
    {
        return (Number("offset"), Number("length"));

        long Number(string key) => long.Parse(weight.ExternalData.First(entry => entry.Key == key).Value, CultureInfo.InvariantCulture);
    }
}
