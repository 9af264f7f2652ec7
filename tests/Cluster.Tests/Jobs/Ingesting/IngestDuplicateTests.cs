namespace MplugCluster.Cluster.Tests.Jobs.Ingesting;

/// <summary>
/// Which of several items of one content stays. Each case is run with a block for each item and with one for all: what is decided within a block
/// must come out between blocks too.
/// </summary>
public sealed class IngestDuplicateTests : IDisposable
{
    readonly IngestRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_RenamedPicture_StandsUnderItsNewName(int itemsPerBlock)
    {
        runs.Write("a.png", "1");
        await runs.Ingest(itemsPerBlock);
        runs.Move("a.png", "b.png");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["b.png added", "a.png removed"], runs.Rows);
        Assert.Equal(["b.png=1"], runs.Items);
        Assert.Empty(runs.Errors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_RenamedAndCopied_TheFirstNewNameWins(int itemsPerBlock)
    {
        runs.Write("a.png", "1");
        await runs.Ingest(itemsPerBlock);
        runs.Move("a.png", "b.png");
        runs.Write("c.png", "1");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["b.png added", "c.png duplicate of b.png", "a.png removed"], runs.Rows);
        Assert.Equal(["b.png=1"], runs.Items);
    }

    [Fact]
    public async Task Ingest_RenamedButNothingIsRemoved_TheOldNameStays()
    {
        runs.Write("a.png", "1");
        await runs.Ingest();
        runs.Move("a.png", "b.png");

        await runs.Ingest(deleteMissing: false);

        Assert.Equal(["b.png duplicate of a.png"], runs.Rows);
        Assert.Equal(["a.png=1"], runs.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_SwappedPictures_BothStay(int itemsPerBlock)
    {
        runs.Write("x.png", "1");
        runs.Write("y.png", "2");
        await runs.Ingest(itemsPerBlock);
        runs.Move("x.png", "z.png");
        runs.Move("y.png", "x.png");
        runs.Move("z.png", "y.png");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["x.png replaced", "y.png replaced"], runs.Rows);
        Assert.Equal(["x.png=2", "y.png=1"], runs.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Ingest_ContentsMoveOnByOneName_AllStay(int itemsPerBlock)
    {
        runs.Write("x.png", "1");
        runs.Write("y.png", "2");
        runs.Write("z.png", "3");
        await runs.Ingest(itemsPerBlock);
        runs.Move("y.png", "x.png.new");
        runs.Move("z.png", "y.png");
        runs.Delete("x.png");
        runs.Move("x.png.new", "x.png");
        runs.Write("z.png", "4");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["x.png replaced", "y.png replaced", "z.png replaced"], runs.Rows);
        Assert.Equal(["x.png=2", "y.png=3", "z.png=4"], runs.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_TwoNewCopies_TheFirstListedWins(int itemsPerBlock)
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "1");

        await runs.Ingest(itemsPerBlock);
        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["a.png unchanged", "b.png duplicate of a.png"], runs.Rows);
        Assert.Equal(["a.png=1"], runs.Items);
        Assert.Equal("It has the same content as 'a.png'.", Assert.Single(runs.Errors).Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_CopyBeforeOneThatStaysAsItIs_IsTheDuplicate(int itemsPerBlock)
    {
        runs.Write("b.png", "1");
        await runs.Ingest(itemsPerBlock);
        runs.Write("a.png", "1");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["a.png duplicate of b.png", "b.png unchanged"], runs.Rows);
        Assert.Equal(["b.png=1"], runs.Items);
    }

    [Theory]
    [InlineData(1, "a.png added, b.png duplicate of a.png", "a.png=1")]
    [InlineData(9, "a.png duplicate of b.png, b.png replaced", "b.png=1")]
    public async Task Ingest_CopyBeforeOneThatWasOnlyTouched_OneStays(int itemsPerBlock, string rows, string item)
    {
        runs.Write("b.png", "1");
        await runs.Ingest(itemsPerBlock);
        runs.Write("a.png", "1");
        runs.Write("b.png", "1");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(rows, string.Join(", ", runs.Rows));
        Assert.Equal([item], runs.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_CopyOfOneThatIsDamagedNow_IsTaken(int itemsPerBlock)
    {
        runs.Write("a.png", "1");
        await runs.Ingest(itemsPerBlock);
        runs.Write("a.png", "!damaged");
        runs.Write("b.png", "1");

        await runs.Ingest(itemsPerBlock);

        Assert.Equal(["a.png failed", "b.png added"], runs.Rows);
        Assert.Equal(["b.png=1"], runs.Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_SameContentInAnotherSource_TheFirstSourceKeepsIt(int itemsPerBlock)
    {
        runs.Write("one/a.png", "1");
        runs.Write("two/b.png", "1");
        runs.Write("two/c.png", "2");
        await runs.Ingest(itemsPerBlock, source: new(Grains.Interfaces.Sources.SourceKind.Folder, $"folder:{runs.Root}/one"));

        await runs.Ingest(itemsPerBlock, source: new(Grains.Interfaces.Sources.SourceKind.Folder, $"folder:{runs.Root}/two"));

        Assert.Equal(["b.png duplicate of a.png", "c.png added"], runs.Rows);
        Assert.Equal(["a.png=1", "c.png=2"], runs.Items);
    }
}
