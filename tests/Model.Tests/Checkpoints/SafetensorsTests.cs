using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MplugCluster.Model.Checkpoints;

namespace MplugCluster.Model.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => folder.File("model.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_SeveralTypes_Converted()
    {
        byte[] data = [.. MemoryMarshal.AsBytes<float>([1, 2]), .. MemoryMarshal.AsBytes<Half>([(Half)3]), 0xc0, 0x3f, .. MemoryMarshal.AsBytes<long>([-5])];
        Write(Path, """
            {"__metadata__":{"format":"pt"},
             "f":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
             "h":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},
             "b":{"dtype":"BF16","shape":[],"data_offsets":[10,12]},
             "i":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}
            """, data);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal(["b", "f", "h", "i"], checkpoint.Tensors.Keys.Order());
        Assert.Equal([1, 2], PyTorchCheckpointTests.Read(checkpoint, "f"));
        Assert.Equal([3], PyTorchCheckpointTests.Read(checkpoint, "h"));
        Assert.Equal([1.5f], PyTorchCheckpointTests.Read(checkpoint, "b"));
        Assert.Equal([-5], PyTorchCheckpointTests.Read(checkpoint, "i"));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", "tensor 'x' has the type F8_E4M3; known are F64, F32")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor 'x' [3] needs 12 bytes, but its place is 0 to 8 of 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "tensor 'x' [2] needs 8 bytes, but its place is 4 to 12 of 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor 'x' [-2]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "damaged safetensors header")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", "damaged safetensors header")]
    [InlineData("""{"x":3}""", "damaged safetensors header")]
    [InlineData("""{"x":""", "damaged safetensors header")]
    [InlineData("""{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", "damaged safetensors header")]
    public void Open_WrongHeader_SaysWhat(string header, string expected)
    {
        Write(Path, header, new byte[8]);

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path)).Message);
    }

    [Fact]
    public void Open_HeaderLongerThanTheFile_SaysSo()
    {
        File.WriteAllBytes(Path, [255, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}', 0, 0, 0, 0, 0, 0]);

        Assert.Contains("claims a header of 255 bytes; the file has 16.", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path)).Message);
    }

    /// <summary>Writes a file of a header and its data.</summary>
    internal static void Write(string path, string header, ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. data]);
    }
}
