using System.Runtime.InteropServices;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Checkpoints.Pickle;

namespace MplugCluster.Model.Tests.Checkpoints;

/// <summary>Reading what torch.save can write, through the writer of the same format.</summary>
public sealed class PyTorchCheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string File => folder.File("model.bin");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_FloatTensors_TheSameBits()
    {
        float[] values = [1, -2.5f, float.MaxValue, float.Epsilon, float.NaN, -0f];
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            writer.Add("matrix", [2, 3], values);
            writer.Add("scalar", [], [7]);
            writer.Add("empty", [0, 5], []);
        }

        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal(["empty", "matrix", "scalar"], checkpoint.Tensors.Keys.Order());
        Assert.Equal(("[2, 3]", ElementType.Float32), (checkpoint.Tensors["matrix"].ShapeText, checkpoint.Tensors["matrix"].Type));
        Assert.Equal(MemoryMarshal.AsBytes<float>(values), MemoryMarshal.AsBytes<float>(Read(checkpoint, "matrix")));
        Assert.Equal([7], Read(checkpoint, "scalar"));
        Assert.Empty(Read(checkpoint, "empty"));
    }

    [Fact]
    public void Read_EveryElementType_Converted()
    {
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            Add<double>(writer, ElementType.Float64, 1.5, -2, 1e-3);
            Add<Half>(writer, ElementType.Float16, (Half)1.5f, (Half)(-2), (Half)0.333f);
            Add<ushort>(writer, ElementType.BFloat16, 0x3fc0, 0xc000, 0x7f80);
            Add(writer, ElementType.Int64, 1L, -2, 1L << 40);
            Add(writer, ElementType.Int32, 1, -2, int.MaxValue);
            Add<short>(writer, ElementType.Int16, 1, -2, short.MinValue);
            Add<sbyte>(writer, ElementType.Int8, 1, -2, sbyte.MinValue);
            Add<byte>(writer, ElementType.UInt8, 1, 254, 255);
            Add<byte>(writer, ElementType.Bool, 1, 0, 1);
        }

        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal([1.5f, -2, 1e-3f], Read(checkpoint, "Float64"));
        Assert.Equal([1.5f, -2, (float)(Half)0.333f], Read(checkpoint, "Float16"));
        Assert.Equal([1.5f, -2, float.PositiveInfinity], Read(checkpoint, "BFloat16"));
        Assert.Equal([1, -2, 1L << 40], Read(checkpoint, "Int64"));
        Assert.Equal([1, -2, int.MaxValue], Read(checkpoint, "Int32"));
        Assert.Equal([1, -2, short.MinValue], Read(checkpoint, "Int16"));
        Assert.Equal([1, -2, sbyte.MinValue], Read(checkpoint, "Int8"));
        Assert.Equal([1, 254, 255], Read(checkpoint, "UInt8"));
        Assert.Equal([1, 0, 1], Read(checkpoint, "Bool"));
    }

    [Fact]
    public void Read_ViewsOfOneStorage_ByTheirStrides()
    {
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            var storage = writer.AddStorage(ElementType.Float32, MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5]));
            writer.AddView("whole", new PickledTensor(storage, 0, [2, 3], [3, 1]));
            writer.AddView("transposed", new PickledTensor(storage, 0, [3, 2], [1, 3]));
            writer.AddView("row", new PickledTensor(storage, 3, [3], [1]));
            writer.AddView("column", new PickledTensor(storage, 1, [2], [3]));
            writer.AddView("repeated", new PickledTensor(storage, 5, [2, 2], [0, 0]));
        }

        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal([0, 1, 2, 3, 4, 5], Read(checkpoint, "whole"));
        Assert.Equal([0, 3, 1, 4, 2, 5], Read(checkpoint, "transposed"));
        Assert.Equal([3, 4, 5], Read(checkpoint, "row"));
        Assert.Equal([1, 4], Read(checkpoint, "column"));
        Assert.Equal([5, 5, 5, 5], Read(checkpoint, "repeated"));
    }

    [Theory]
    [InlineData]
    [InlineData("model")]
    [InlineData("module")]
    [InlineData("model", "module")]
    public void Open_Wrapped_TheDictionaryInside(params string[] wrappers)
    {
        using (var writer = new PyTorchCheckpointWriter(File, wrappers))
            writer.Add("x", [1], [3]);

        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal([3], Read(checkpoint, "x"));
    }

    [Fact]
    public void Open_MoreMembersThan16BitsCount_AllThere()
    {
        const int Count = 70_000;
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            for (var i = 0; i < Count; i++)
                writer.Add($"t{i}", [1], [i]);
        }

        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal(Count, checkpoint.Tensors.Count);
        Assert.Equal([Count - 1], Read(checkpoint, $"t{Count - 1}"));
    }

    [Fact]
    public void Read_WrongUse_SaysWhich()
    {
        using (var writer = new PyTorchCheckpointWriter(File))
            writer.Add("x", [2], [3, 4]);
        using var checkpoint = CheckpointFile.Open(File);

        Assert.Equal($"'{File}' has no tensor 'y'.", Assert.Throws<CheckpointException>(() => checkpoint.Read("y", new float[2])).Message);
        Assert.StartsWith("'x' has 2 numbers, the destination 3.", Assert.Throws<ArgumentException>(() => checkpoint.Read("x", new float[3])).Message);
    }

    [Fact]
    public void Read_BytesDamaged_Noticed()
    {
        using (var writer = new PyTorchCheckpointWriter(File))
            writer.Add("x", [4], [1, 2, 3, 4]);
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>([1, 2, 3, 4])) + 5] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        using var checkpoint = CheckpointFile.Open(File);

        var failure = Assert.Throws<CheckpointException>(() => Read(checkpoint, "x"));

        Assert.Equal($"'{File}': the bytes of tensor 'x' are damaged (their CRC-32 does not match).", failure.Message);
    }

    [Theory]
    [InlineData(0, 4, 1, "[4] does not fit its storage of 3 elements")]
    [InlineData(1, 3, 1, "[3] does not fit its storage of 3 elements")]
    [InlineData(0, 2, 3, "[2] does not fit its storage of 3 elements")]
    [InlineData(-1, 2, 1, "[2] does not fit its storage of 3 elements")]
    [InlineData(0, -2, 1, "[-2] does not fit its storage of 3 elements")]
    [InlineData(long.MaxValue, 2, 1, "does not fit its storage")]
    [InlineData(0, int.MaxValue, int.MaxValue, "does not fit its storage")]
    public void Open_ViewOutsideItsStorage_Refused(long offset, long size, long stride, string expected)
    {
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            var storage = writer.AddStorage(ElementType.Float32, new byte[12]);
            writer.AddView("x", new PickledTensor(storage, offset, [size], [stride]));
        }

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => CheckpointFile.Open(File)).Message);
    }

    [Fact]
    public void Open_StorageClaimsMoreThanItsMember_Refused()
    {
        using (var writer = new PyTorchCheckpointWriter(File))
        {
            var storage = writer.AddStorage(ElementType.Float32, new byte[12]);
            writer.AddView("x", new PickledTensor(storage with { Count = 100 }, 0, [100], [1]));
        }

        Assert.Contains("tensor 'x' needs 400 bytes of 'archive/data/0', which has 12.", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(File)).Message);
    }

    static void Add<T>(PyTorchCheckpointWriter writer, ElementType type, params T[] values) where T : unmanaged =>
        writer.AddView($"{type}", new PickledTensor(writer.AddStorage(type, MemoryMarshal.AsBytes<T>(values)), 0, [values.Length], [1]));

    internal static float[] Read(ICheckpointFile checkpoint, string name)
    {
        var values = new float[checkpoint.Tensors[name].Count];
        checkpoint.Read(name, values);
        return values;
    }
}
