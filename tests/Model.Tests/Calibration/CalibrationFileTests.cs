using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Calibration;

public sealed class CalibrationFileTests : IDisposable
{
    static readonly CalibrationKey Key = new("cpu", "Some processor", 2);
    static readonly BatchSizes Sizes = new(2, 2048, 8, 128);

    readonly TemporaryFolder folder = new();
    readonly CalibrationFile file;

    public CalibrationFileTests() => file = new CalibrationFile(folder.File("."));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_NoFile_NoSizes() => Assert.Null(file.Read(Key));

    [Fact]
    public void Default_WithoutAFile_AsBeforeThereWereAny()
    {
        Assert.Equal(new BatchSizes(1, 4096, 4, 128), BatchSizes.Default(DeviceName.Cpu, gpuImages: 8));
        Assert.Equal(new BatchSizes(8, 4096, 32, 128), BatchSizes.Default(DeviceName.Parse("cuda:0"), gpuImages: 8));
    }

    [Fact]
    public void Write_SeveralKinds_EachKeepsItsOwn()
    {
        file.Write(Key, Sizes);
        file.Write(Key with { Threads = 4 }, Sizes with { Images = 4 });
        file.Write(Key, Sizes with { Images = 1 });

        Assert.Equal((Sizes with { Images = 1 }, Sizes with { Images = 4 }), (file.Read(Key), file.Read(Key with { Threads = 4 })));
        Assert.Null(file.Read(Key with { Provider = "cuda" }));
        Assert.Equal(["calibration.json", "calibration.lock"], Directory.GetFiles(folder.File(".")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Reduce_SmallerIsThere_Stays()
    {
        file.Reduce(Key, Sizes);
        file.Reduce(Key, new BatchSizes(4, 512, 4, 64));

        Assert.Equal(new BatchSizes(2, 512, 4, 64), file.Read(Key));
    }

    [Fact]
    public async Task Reduce_ManyWritersAtOnce_NothingIsLost()
    {
        var keys = Enumerable.Range(1, 6).Select(threads => Key with { Threads = threads }).ToArray();

        await Task.WhenAll(keys.Select(key => Task.Run(() =>
        {
            for (var size = 20; size > 0; size--)
            {
                // Each writer has a view of the file of its own, as another process has.
                new CalibrationFile(folder.File(".")).Reduce(key, Sizes with { Images = size });
                Assert.NotNull(new CalibrationFile(folder.File(".")).Read(key));
            }
        })));

        Assert.All(keys, key => Assert.Equal(Sizes with { Images = 1 }, file.Read(key)));
        Assert.Empty(Directory.GetFiles(folder.File("."), "*.tmp"));
    }

    [Theory]
    [InlineData("""{ "version": 1, "entries": [""", " is damaged: ")]
    [InlineData("[]", " is damaged: it has no version. Delete it, or calibrate again.")]
    [InlineData("""{ "version": 1, "entries": [null] }""", " is damaged: a size is none. Delete it, or calibrate again.")]
    [InlineData("""{ "version": 1, "entries": [{ "provider": "cpu", "device": "x", "threads": 1, "images": 0, "text_tokens": 1, "pair_images": 1, "pair_texts": 1 }] }""", " is damaged: a size is none. ")]
    [InlineData("""{ "version": 2, "entries": [] }""", " has version 2; this build reads version 1. Delete it, or calibrate again.")]
    public void ReadAndWrite_ContentIsNone_SayWhatToDoAndLeaveIt(string content, string said)
    {
        File.WriteAllText(folder.File("calibration.json"), content);

        Assert.StartsWith($"'{file.Path}'{said}", Assert.Throws<PackageException>(() => file.Read(Key)).Message);
        Assert.Throws<PackageException>(() => file.Reduce(Key, Sizes));
        Assert.Equal(content, File.ReadAllText(folder.File("calibration.json")));
    }

    [Fact]
    public void Write_DirectoryCannotBeWritten_SaysSo()
    {
        // Stands for a read-only directory, which a test that runs as root would not have.
        Directory.CreateDirectory(folder.File("calibration.lock"));

        Assert.StartsWith($"'{file.Path}' cannot be written: ", Assert.Throws<PackageException>(() => file.Write(Key, Sizes)).Message);
    }

    [Fact]
    public void Open_PackageWithACalibration_SamePackage()
    {
        PackageBuilder.Import(Repository.Golden("tiny-base"), folder.File("p"));
        var before = ModelPackage.Open(folder.File("p"));

        new CalibrationFile(before.Directory).Write(CalibrationKey.Of(DeviceName.Cpu, 0), Sizes);

        Assert.Equal(before.Fingerprint, ModelPackage.Open(folder.File("p")).Fingerprint);
    }

    [Fact]
    public void Of_DevicesOfThisMachine_TellTheProcessorsThreadsApart()
    {
        Assert.Equal(("cpu", 3), (CalibrationKey.Of(DeviceName.Cpu, 3).Provider, CalibrationKey.Of(DeviceName.Cpu, 3).Threads));
        Assert.Equal(Environment.ProcessorCount, CalibrationKey.Of(DeviceName.Cpu, 0).Threads);
        Assert.Equal(("cuda", 0), (CalibrationKey.Of(DeviceName.Parse("cuda:0"), 3).Provider, CalibrationKey.Of(DeviceName.Parse("cuda:0"), 3).Threads));
        Assert.NotEmpty(CalibrationKey.Of(DeviceName.Cpu, 0).Device);
    }
}
