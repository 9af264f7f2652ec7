namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>Inner products of rows of 8-bit numbers and a query of 16-bit numbers. They are exact, so every implementation gives the same.</summary>
unsafe interface IByteKernel
{
    /// <summary>One query with some rows.</summary>
    /// <param name="rows"><c>[count, stride]</c>.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="stride">Numbers of a row, a multiple of 64; unused ones are zero.</param>
    /// <param name="query"><c>[stride]</c>; the products must fit 32 bits.</param>
    /// <param name="products"><c>[count]</c>.</param>
    void Multiply(sbyte* rows, int count, int stride, short* query, int* products);
}
