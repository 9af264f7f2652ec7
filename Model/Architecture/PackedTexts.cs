namespace MplugCluster.Model.Architecture;

/// <summary>
/// The texts of G pictures, their tokens in rows one behind another without padding, as every layer but one takes them. Only where a text's tokens
/// attend to one another do they stand in a rectangle <c>[G, N, T]</c> of N texts of a picture, each padded to T tokens.
/// </summary>
/// <param name="Tokens">Tokens as <see cref="FusionEncoder{T}.Prepare"/> leaves them, <c>[G, rows, hidden]</c>; rows behind the last token may be anything.</param>
/// <param name="Places">Which of the <c>G * rows</c> rows stands where in the rectangle, <c>[G, N, T]</c>; any for padding. A text may stand there twice.</param>
/// <param name="Mask">1 for tokens, 0 for padding, <c>[G, N, T]</c>.</param>
/// <param name="Back">Where in the rectangle's <c>G * N * T</c> places each row is taken from again, <c>[G, rows]</c>; any for rows that are no tokens.</param>
public sealed record PackedTexts<T>(T Tokens, T Places, T Mask, T Back) where T : class, ITensor<T>
{
    /// <summary>Pairs: <c>G * N</c>.</summary>
    public Dim Pairs => Places.Shape[0] * Places.Shape[1];

    /// <summary>The mask, text by text: <c>[G * N, T]</c>.</summary>
    public T PairMask { get; } = Mask.Reshape(Mask.Shape[0] * Mask.Shape[1], Mask.Shape[2]);

    /// <summary>Rows <c>[G, rows, width]</c> in the rectangle: <c>[G * N, T, width]</c>.</summary>
    public T Rectangle(T rows) => Flat(rows).Gather(PairPlaces);

    /// <summary>The inverse of <see cref="Rectangle"/>.</summary>
    public T Rows(T rectangle) => Flat(rectangle).Gather(Back);

    /// <summary>Token 0 of every text of rows <c>[G, rows, width]</c>: <c>[G * N, 1, width]</c>.</summary>
    public T First(T rows) => Flat(rows).Gather(FirstPlaces);

    T PairPlaces { get; } = Places.Reshape(Places.Shape[0] * Places.Shape[1], Places.Shape[2]);

    T FirstPlaces { get; } = Places.Slice(2, 0, 1).Reshape(Places.Shape[0] * Places.Shape[1], 1);

    static T Flat(T x) => x.Reshape(x.Shape[0] * x.Shape[1], x.Shape[2]);
}
