namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>A class or function that a pickle names. Never looked up: only the allow-list gives some of them a meaning.</summary>
sealed record PickledGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
