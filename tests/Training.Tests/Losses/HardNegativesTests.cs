using MplugCluster.Training.Differentiation;
using MplugCluster.Training.Losses;
using MplugCluster.Training.Tests.Differentiation;

namespace MplugCluster.Training.Tests.Losses;

public sealed class HardNegativesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.24, 1)]
    [InlineData(0.26, 3)]
    [InlineData(0.999999, 3)]
    public void Choose_RandomShare_TheColumnWhereTheSumPassesIt(double random, int chosen)
    {
        // Weights of row 0: itself and column 2 (the same picture) are out; columns 1 and 3 have 1 and 3 parts.
        double[] logits = [5, 0, 9, Math.Log(3), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal(chosen, Choose(logits, [7, 1, 7, 2], random)[0]);
    }

    [Fact]
    public void Choose_AnyNumbers_NeverTheSamePicture()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            double[] identities = [1, 1, 2, 3];
            double[] logits = [.. Enumerable.Range(0, 16).Select(_ => 20 * random.NextDouble())];
            var chosen = Choose(logits, identities, 0.999999 * random.NextDouble());
            Assert.All(chosen.Index(), pair => Assert.NotEqual(identities[pair.Index], identities[(int)pair.Item]));
        }
    }

    static double[] Choose(double[] logits, double[] identities, double random)
    {
        var tape = new GradientTape<ArrayTensor>();
        return HardNegatives.Choose(
            tape.Constant(new ArrayTensor([4, 4], logits)),
            tape.Constant(new ArrayTensor([4], identities)),
            tape.Constant(new ArrayTensor([4], [random, random, random, random]))).Value.Data;
    }
}
