namespace MplugCluster.Model.Text;

/// <summary>How pictures and captions become model input: the two published references differ in it.</summary>
public enum TextConvention
{
    /// <summary>ModelScope's pipeline: lower-cased caption, <c>[CLS] X [SEP]</c>, at most 25 tokens; EXIF orientation applied.</summary>
    Ms25,

    /// <summary>AliceMind's evaluation: <c>pre_caption</c> to 30 words, <c>[CLS] X</c> without <c>[SEP]</c>, at most 30 tokens; EXIF ignored.</summary>
    Am30,
}
