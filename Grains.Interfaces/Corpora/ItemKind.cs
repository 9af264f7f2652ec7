namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>What a corpus item is.</summary>
public enum ItemKind
{
    Picture = 0,
    Text = 1,
}
