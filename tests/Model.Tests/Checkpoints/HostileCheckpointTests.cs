using System.IO.Compression;
using System.Text;
using MplugCluster.Model.Checkpoints;

namespace MplugCluster.Model.Tests.Checkpoints;

/// <summary>Files that are not what they should be: each has an error that says so, and none runs code, hangs, or fills memory.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => folder.File("model.bin");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cposix\nsystem\n", "posix.system")]
    [InlineData("c__builtin__\neval\n", "__builtin__.eval")]
    [InlineData("cbuiltins\ngetattr\n", "builtins.getattr")]
    [InlineData("ctorch\nload\n", "torch.load")]
    [InlineData("ctorch._utils\n_rebuild_sparse_tensor\n", "torch._utils._rebuild_sparse_tensor")]
    [InlineData("cnumpy.core.multiarray\nscalar\n", "numpy.core.multiarray.scalar")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093", "os.system")]
    public void Open_PickleWantsAnotherClass_RefusedByName(string ops, string name)
    {
        WriteZip("\u0080\u0002" + ops + "(X\u0005\0\0\0/bin/tR.");

        Assert.Equal(
            $"The pickle wants {name}; only plain tensors are read, so that opening a file can never run code.", Error());
    }

    [Theory]
    [InlineData("(cposix\nsystem\no.", "posix.system")]
    [InlineData("(i__main__\nC\n.", "creates an object of a class")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR.", "calls collections.OrderedDict with arguments that a state dict never has")]
    [InlineData("K\u0001(tR.", "calls something that is not a named function")]
    [InlineData("X\u0003\0\0\0abcQ.", "not a tensor storage")]
    [InlineData("P1\n.", "operation 0x50")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fabc.", "runs over its end")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.", "runs over its end")]
    [InlineData("\u008a\u00ff.", "ends early")]
    [InlineData("h\u0007.", "recalls value 7")]
    [InlineData("t.", "a mark is missing")]
    [InlineData("0.", "its stack is empty")]
    [InlineData("}K\u0001e.", "")]
    [InlineData("K\u0001K\u0002a.", "not a list")]
    [InlineData("K\u0001K\u0002K\u0003s.", "not a dictionary")]
    [InlineData("cnoline", "ends inside a name")]
    [InlineData("", "ends early")]
    [InlineData("K\u0001.", "does not hold a dictionary")]
    [InlineData("}.", "holds no tensors")]
    public void Open_PickleDamaged_SaysHow(string ops, string expected)
    {
        WriteZip("\u0080\u0002" + ops);

        Assert.Contains(expected, Error());
    }

    [Fact]
    public void Open_TensorsOfAThousandAxes_RefusedBeforeTheyAreCopied()
    {
        var shape = new string('2', 1000); // DUP
        WriteZip("\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0001tQK\0"
            + $"(K\u0001{shape}t(K\u0001{shape}t\u0089ccollections\nOrderedDict\n)RtR.");

        Assert.Equal("A tensor has 1001 axes; at most 8 are read.", Error());
    }

    [Fact]
    public void Open_TensorThatRepeatsItsStorageEndlessly_Refused()
    {
        using (var writer = new PyTorchCheckpointWriter(Path))
            writer.AddView("x", new(writer.AddStorage(ElementType.Float32, new byte[4]), 0, [30_000, 30_000], [0, 0]));

        Assert.Contains("tensor 'x' of shape [30000, 30000] does not fit its storage of 1 elements", Error());
    }

    [Fact]
    public void Open_OldFormat_SaysHowToConvert()
    {
        File.WriteAllBytes(Path, [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);

        Assert.Contains("is in PyTorch's old format (before 1.6, not a zip). Save it again with torch.save", Error());
    }

    [Fact]
    public void Open_NoCheckpointAtAll_NamesWhatItBeginsWith()
    {
        File.WriteAllText(Path, "<!doctype html><title>404</title>");

        Assert.Equal($"'{Path}' is neither a PyTorch zip file nor a safetensors file; it begins with 3C21646F63747970652068746D6C3E3C.", Error());
        Assert.Equal("There is no file '/none'.", Assert.Throws<CheckpointException>(() => CheckpointFile.Open("/none")).Message);
    }

    [Fact]
    public void Open_ZipOfSomethingElse_Said()
    {
        using (var zip = ZipFile.Open(Path, ZipArchiveMode.Create))
            zip.CreateEntry("readme.txt", CompressionLevel.NoCompression);

        Assert.Contains("is a zip file, but not one of PyTorch's: it has no data.pkl.", Error());
    }

    [Fact]
    public void Open_CompressedMember_Said()
    {
        using (var zip = ZipFile.Open(Path, ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry("archive/data.pkl", CompressionLevel.SmallestSize).Open();
            stream.Write(new byte[1000]);
        }

        Assert.Contains("has the compressed member 'archive/data.pkl'; torch.save stores its members uncompressed.", Error());
    }

    [Fact]
    public void Open_BigEndian_Said()
    {
        using (var zip = new StoredZipWriter(File.Create(Path)))
        {
            zip.Add("archive/data.pkl", Encoding.Latin1.GetBytes("\u0080\u0002}."));
            zip.Add("archive/byteorder", "big"u8);
        }

        Assert.Contains("was written with byte order 'big'; only little-endian files are read.", Error());
    }

    [Fact]
    public void Open_Truncated_AtAnyPlaceAnErrorThatNamesTheFile()
    {
        using (var writer = new PyTorchCheckpointWriter(Path))
        {
            for (var i = 0; i < 20; i++)
                writer.Add($"t{i}", [10], new float[10]);
        }

        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length += 37)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Contains(Path, Error());
        }

        File.WriteAllBytes(Path, whole[..(whole.Length / 2)]);
        Assert.Equal($"'{Path}' is a truncated zip file: its directory, which stands at the end, is not there.", Error());
    }

    [Fact]
    public void OpenAndRead_RandomlyDamaged_OnlyEverACheckpointException()
    {
        using (var writer = new PyTorchCheckpointWriter(Path, "model"))
        {
            writer.Add("a", [3, 4], new float[12]);
            writer.Add("b.weight", [5], new float[5]);
        }

        var whole = File.ReadAllBytes(Path);
        var random = new Random(42);
        var failed = 0;
        for (var round = 0; round < 4000; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var change = random.Next(1, 6); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(Path, damaged);
            try
            {
                using var checkpoint = CheckpointFile.Open(Path);
                foreach (var name in checkpoint.Tensors.Keys)
                    PyTorchCheckpointTests.Read(checkpoint, name);
            }
            catch (CheckpointException)
            {
                failed++;
            }
        }

        Assert.InRange(failed, 500, 4000);
    }

    [Fact]
    public void Unpickler_RandomPickles_OnlyEverACheckpointException()
    {
        // No CRC stands before this one, so that every byte reaches the interpreter.
        var pickle = Model.Checkpoints.Pickle.StateDictPickler.Write(
            [new("x", new(new(ElementType.Float32, "0", 6), 0, [2, 3], [3, 1]))], ["model"]);
        var random = new Random(7);
        for (var round = 0; round < 50_000; round++)
        {
            var damaged = (byte[])pickle.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                new Model.Checkpoints.Pickle.Unpickler(damaged).Load();
            }
            catch (CheckpointException)
            {
                // What a damaged pickle is allowed to do.
            }
        }
    }

    void WriteZip(string pickle)
    {
        using var zip = new StoredZipWriter(File.Create(Path));
        zip.Add("archive/data.pkl", Encoding.Latin1.GetBytes(pickle));
    }

    string Error() => Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path)).Message;
}
