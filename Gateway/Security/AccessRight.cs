namespace MplugCluster.Gateway.Security;

/// <summary>What a key may do; each includes those before it.</summary>
enum AccessRight
{
    /// <summary>Look, search, score, embed.</summary>
    Read,

    /// <summary>Upload, fill corpora, run jobs.</summary>
    Write,

    /// <summary>Delete corpora, see to the cluster.</summary>
    Admin,
}
