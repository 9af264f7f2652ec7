namespace MplugCluster.Training.Data;

/// <summary>A picture and one of its captions.</summary>
/// <param name="Picture">Path of the picture.</param>
/// <param name="Caption">The caption as it stands in the file.</param>
/// <param name="Identity">Which picture it is, from 0: captions of one picture are true for it alike.</param>
/// <param name="Group">Pictures that are alike and to be told apart, from 0: they share batches. Null: the picture belongs to no group.</param>
public sealed record TrainingPair(string Picture, string Caption, int Identity, int? Group = null);
