using MplugCluster.Grains.Corpora.Search;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class SelectionTests
{
    const int Size = 700;

    public static TheoryData<string, ulong[]> Numbers => new()
    {
        { "random", Random(int.MaxValue) },
        { "few different", Random(3) },
        { "two different", Random(2) },
        { "all equal", Random(1) },
        { "ascending", [.. Random(int.MaxValue).Order()] },
        { "descending", [.. Random(int.MaxValue).OrderDescending()] },
        { "largest at both ends", [.. Enumerable.Range(0, Size).Select(i => (ulong)Math.Abs(2 * i - Size))] },
        { "largest last", [.. Enumerable.Repeat(7UL, Size - 1), ulong.MaxValue] },
        { "smallest last", [.. Enumerable.Repeat(7UL, Size - 1), 0] },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Smallest_OfAnyNumbers_StandInFrontWithTheirLargestLast(string what, ulong[] numbers)
    {
        var sorted = numbers.Order().ToArray();
        foreach (var count in new[] { 1, 2, 23, 24, 25, 256, Size - 1, Size })
        {
            var moved = numbers.ToArray();
            Selection.Smallest<ulong>(moved, count);
            Assert.True(sorted[count - 1] == moved[count - 1], $"{what}, {count}");
            Assert.Equal(sorted[..count], moved[..count].Order());
            Assert.Equal(sorted, moved.Order());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(60)]
    public void Smallest_OfFewNumbers_AnyCount(int size)
    {
        foreach (var different in new[] { 1, 2, int.MaxValue })
        {
            var numbers = Random(different)[..size];
            for (var count = 1; count <= size; count++)
            {
                var moved = numbers.ToArray();
                Selection.Smallest<ulong>(moved, count);
                Assert.Equal(numbers.Order().Take(count), moved[..count].Order());
                Assert.Equal(numbers.Order().ElementAt(count - 1), moved[count - 1]);
            }
        }
    }

    [Fact]
    public void Smallest_OfZerosOfBothSigns_KeepsAll()
    {
        float[] numbers = [.. Enumerable.Range(0, Size).Select(i => i % 2 == 0 ? 0f : -0f)];
        Selection.Smallest<float>(numbers, Size / 2);
        Assert.Equal(Size / 2, numbers.Count(float.IsNegative));
    }

    [Fact]
    public void Smallest_OfInfinities_KnowsTheirOrder()
    {
        float[] numbers = [.. Enumerable.Range(0, Size).Select(i => i % 3 == 0 ? float.NegativeInfinity : i % 3 == 1 ? float.PositiveInfinity : i)];
        Selection.Smallest<float>(numbers, Size / 2);
        Assert.Equal(numbers.Order().ElementAt(Size / 2 - 1), numbers[Size / 2 - 1]);
        Assert.All(numbers[..(Size / 2)], number => Assert.True(number <= numbers[Size / 2 - 1]));
    }

    static ulong[] Random(int different)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Size).Select(_ => (ulong)random.Next(different))];
    }
}
