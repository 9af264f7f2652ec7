using System.Runtime.CompilerServices;
using Xunit.v3;

namespace MplugCluster.Cuda.Tests;

/// <summary>
/// A test of the category Cuda, which needs a build with ONNX Runtime's CUDA provider: 'dotnet test' leaves it out, the README has the command that runs it.
/// </summary>
sealed class CudaFactAttribute : FactAttribute, ITraitAttribute
{
    public CudaFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Explicit = true;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Category", "Cuda")];
}
