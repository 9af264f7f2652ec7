using System.Text;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Model.Tests.Numpy;

public sealed class NpyFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => folder.File("a.npy");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_AfterWrite_TheSame()
    {
        NpyFile.Write<float>(Path, [2, 3], [1, 2, 3, 4, 5, float.NaN]);

        var read = NpyFile.Read<float>(Path);

        Assert.Equal([2, 3], read.Shape);
        Assert.Equal([1, 2, 3, 4, 5, float.NaN], read.Data);
    }

    [Fact]
    public void Write_Header_AsNumPyWritesIt()
    {
        NpyFile.Write<float>(Path, [3], [1, 2, 3]);

        var bytes = File.ReadAllBytes(Path);
        var header = Encoding.ASCII.GetString(bytes, 10, bytes.Length - 10 - 12);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        Assert.StartsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", header);
        Assert.EndsWith("\n", header);
        Assert.Equal(0, (10 + header.Length) % 64);
    }

    [Fact]
    public void Read_OtherType_Refused()
    {
        NpyFile.Write<long>(Path, [1], [1]);

        Assert.Contains("i8", Assert.Throws<InvalidDataException>(() => NpyFile.Read<float>(Path)).Message);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(130)]
    public void Read_Cut_Refused(int length)
    {
        NpyFile.Write<float>(Path, [3], [1, 2, 3]);
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..length]);

        Assert.Contains(Path, Assert.Throws<InvalidDataException>(() => NpyFile.Read<float>(Path)).Message);
    }

    [Theory]
    [InlineData("(99999999999,)", "an axis of size '99999999999'")]
    [InlineData("(1 2,)", "an axis of size '1 2'")]
    [InlineData("(2000000000, 2000000000, 2000000000)", "bytes of data, expected")]
    public void Read_ShapeThatCannotBe_Refused(string shape, string expected)
    {
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n";
        File.WriteAllBytes(Path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => NpyFile.Read<float>(Path)).Message);
    }
}
