using System.Runtime.CompilerServices;
using Xunit.v3;

namespace MplugCluster.Tests;

/// <summary>
/// A test of minutes, of the category Soak: 'dotnet test' leaves it out, '.ci/run' runs it (<c>dotnet test -- --explicit only</c>).
/// </summary>
sealed class SoakFactAttribute : FactAttribute, ITraitAttribute
{
    public SoakFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Explicit = true;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Category", "Soak")];
}
