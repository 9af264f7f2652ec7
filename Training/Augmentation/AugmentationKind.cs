namespace MplugCluster.Training.Augmentation;

/// <summary>How training pictures are changed, so that none is seen twice alike.</summary>
public enum AugmentationKind
{
    /// <summary>As the reference fine-tunes: a random piece of half to all of the area, mirrored or not, and two of ten random operations.</summary>
    Reference,

    /// <summary>Brightness and sharpness alone: for captions that say left, right, large or at the top.</summary>
    Light,

    /// <summary>Not at all: as in inference.</summary>
    None,
}
