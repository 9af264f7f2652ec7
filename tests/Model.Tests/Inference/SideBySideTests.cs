using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

public sealed class SideBySideTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_Pieces_EachOnce(int threads)
    {
        var done = new int[50];

        SideBySide.Run(done.Length, threads, piece => Interlocked.Increment(ref done[piece]));

        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_APieceFails_ThrowsWhatItThrew(int threads) => Assert.Equal(
        "the third",
        Assert.Throws<InvalidDataException>(() => SideBySide.Run(8, threads, piece =>
        {
            if (piece == 2)
                throw new InvalidDataException("the third");
        })).Message);

    [Fact]
    public void Run_OneThread_IsTheCallersAndInOrder()
    {
        var (here, order) = (Environment.CurrentManagedThreadId, new List<int>());

        SideBySide.Run(20, threads: 1, piece =>
        {
            Assert.Equal(here, Environment.CurrentManagedThreadId);
            order.Add(piece);
        });

        Assert.Equal(Enumerable.Range(0, 20), order);
    }
}
