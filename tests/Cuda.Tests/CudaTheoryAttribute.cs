using System.Runtime.CompilerServices;
using Xunit.v3;

namespace MplugCluster.Cuda.Tests;

/// <summary>A <see cref="CudaFactAttribute"/> of several cases.</summary>
sealed class CudaTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public CudaTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Explicit = true;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Category", "Cuda")];
}
