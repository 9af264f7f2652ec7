namespace MplugCluster.Training.Steps;

/// <summary>Names of the training graphs' inputs and outputs, weights aside: those have their checkpoint names.</summary>
static class StepNames
{
    public const string Pixels = "pixels";
    public const string Ids = "ids";
    public const string Mask = "mask";
    public const string Identities = "identities";
    public const string Slots = "slots";
    public const string Alpha = "alpha";
    public const string RandomImages = "random_images";
    public const string RandomTexts = "random_texts";
    public const string DropoutNumbers = "dropout_numbers";
    public const string ImageQueue = "image_queue";
    public const string TextQueue = "text_queue";
    public const string IdentityQueue = "idx_queue";
    public const string ContrastiveLoss = "loss_ita";
    public const string MatchingLoss = "loss_itm";

    /// <summary>The trained number that similarities are divided by; its checkpoint name.</summary>
    public const string Temperature = "temp";

    /// <summary>Where a site's random numbers begin.</summary>
    public static string DropoutBegin(int site) => $"dropout_begin:{site}";

    /// <summary>Where they end.</summary>
    public static string DropoutEnd(int site) => $"dropout_end:{site}";

    /// <summary>A queue after the step.</summary>
    public static string Next(string queue) => $"{queue}:next";

    /// <summary>The gradient of a weight.</summary>
    public static string Gradient(string weight) => $"gradient:{weight}";
}
