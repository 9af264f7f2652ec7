using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>What a job has to do, in numbers. Make one with the method of the job's kind.</summary>
public sealed record JobLoad
{
    JobLoad()
    {
    }

    /// <summary>The job's kind.</summary>
    public JobKind Kind { get; private init; }

    /// <summary>Queries, pairs, or pictures: what the job is cut by.</summary>
    public long Items { get; private init; }

    /// <summary>Pictures there are to meet: those of the corpus or of the input.</summary>
    public long Pictures { get; private init; }

    /// <summary>Texts there are to meet.</summary>
    public long Texts { get; private init; }

    /// <summary>Pairs to score.</summary>
    public long Pairs { get; private init; }

    /// <summary>Rows that a query's ranking holds at a time.</summary>
    public long RowsPerItem { get; private init; } = 1;

    /// <summary>Whether every picture must be encoded, because the job comes before the store knows it.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Texts that rank pictures.</summary>
    /// <param name="pictures">Pictures of the corpus.</param>
    /// <param name="queries">Texts.</param>
    /// <param name="candidates">Pictures reranked for each; 0: none.</param>
    /// <param name="top">Results of each.</param>
    public static JobLoad RankPictures(long pictures, long queries, int candidates, int top = 10) => new()
    {
        RowsPerItem = Math.Max(top, candidates),
        Kind = JobKind.Rank,
        Items = queries,
        Pictures = pictures,
        Texts = queries,
        Pairs = queries * Math.Min(candidates, pictures),
    };

    /// <summary>Pictures that rank texts.</summary>
    /// <param name="texts">Texts of the corpus.</param>
    /// <param name="queries">Pictures.</param>
    /// <param name="candidates">Texts reranked for each; 0: none.</param>
    /// <param name="top">Results of each.</param>
    public static JobLoad RankTexts(long texts, long queries, int candidates, int top = 10) => new()
    {
        RowsPerItem = Math.Max(top, candidates),
        Kind = JobKind.Rank,
        Items = queries,
        Pictures = queries,
        Texts = texts,
        Pairs = queries * Math.Min(candidates, texts),
        IsNew = true,
    };

    /// <summary>Pairs of pictures and texts.</summary>
    /// <param name="pairs">Pairs.</param>
    /// <param name="pictures">Distinct pictures in them.</param>
    /// <param name="texts">Distinct texts in them.</param>
    public static JobLoad Score(long pairs, long pictures, long texts) => new()
    {
        Kind = JobKind.Score,
        Items = pairs,
        Pictures = pictures,
        Texts = texts,
        Pairs = pairs,
        IsNew = true,
    };

    /// <summary>An evaluation in both directions.</summary>
    /// <param name="pictures">Pictures.</param>
    /// <param name="captions">Captions of all of them.</param>
    /// <param name="candidates">Candidates in each direction.</param>
    public static JobLoad Evaluate(long pictures, long captions, int candidates) => new()
    {
        Kind = JobKind.Evaluate,
        Items = pictures,
        Pictures = pictures,
        Texts = captions,
        IsNew = true,
        Pairs = Math.Min(pictures * captions, pictures * Math.Min(candidates, captions) + captions * Math.Min(candidates, pictures)),
    };

    /// <summary>Pictures that fill a corpus.</summary>
    public static JobLoad Ingest(long pictures) => new()
    {
        Kind = JobKind.Ingest,
        Items = pictures,
        Pictures = pictures,
        IsNew = true,
    };
}
