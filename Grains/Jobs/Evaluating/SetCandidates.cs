using System.Runtime.InteropServices;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// Candidates of some pictures among the captions, or of some captions among the pictures. The file has the pairs in a section for each range
/// of pictures, and last the candidates query by query.
/// </summary>
sealed class SetCandidates(Lane scanLane, EvaluationSets sets)
{
    /// <summary>Guess of what one similarity costs, in milliseconds.</summary>
    const double SimilarityMs = 1e-4;

    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var set = await sets.Usable(scope, cancellation);
        var embeddings = await sets.Embeddings(scope, await sets.Pictures(scope, cancellation), cancellation);
        var shape = new JobShape(scope.Plan, scope.Input!);
        var (pictures, captions) = (set.UsablePictures, set.UsableCaptions);
        var queries = Queries(scope, set);
        var cost = (int)(SimilarityMs * queries.Numbers.Length * (queries.ArePictures ? captions.Length : pictures.Length));
        using var searching = scope.Deadline.Begin(WorkActivity.Search);
        var found = await scanLane.Run(() => Select(embeddings, queries, pictures, captions, scope.Plan.Evaluate!.Candidates), cost, scope.Deadline, cancellation);
        if (!found.Ok)
            return found.As<PartResult>();
        var slots = Enumerable.Range(0, shape.PartsOf(0, 3)!.Value).Select(_ => new List<int>()).ToArray();
        foreach (var (query, candidates) in queries.Numbers.Zip(found.Value))
        {
            foreach (var candidate in candidates)
            {
                var (picture, caption) = queries.ArePictures ? (query, candidate) : (candidate, query);
                slots[picture / shape.PicturesPerSlot].AddRange([picture, caption]);
            }
        }

        return CallOutcomes.Done(new PartResult
        {
            Sections =
            [
                .. slots.Select(slot => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(slot)).ToArray()),
                JobJson.ToBytes(queries.Numbers.Zip(found.Value, (query, candidates) => new SetQuery(query, candidates))),
            ],
            Items = queries.Numbers.Length,
        });
    }

    /// <summary>The part's queries: parts of pictures come first, then those of captions.</summary>
    static (bool ArePictures, int[] Numbers) Queries(PartScope scope, EvaluationSet set)
    {
        const int Size = JobShape.QueriesPerPart;
        var pictureParts = (set.Annotations.Count + Size - 1) / Size;
        var part = scope.Request.Part;
        return part < pictureParts
            ? (true, [.. set.UsablePictures.Where(picture => picture / Size == part)])
            : (false, [.. set.UsableCaptions.Where(caption => caption / Size == part - pictureParts)]);
    }

    static int[][] Select(SetEmbeddings embeddings, (bool ArePictures, int[] Numbers) queries, int[] pictures, int[] captions, int k)
    {
        var (own, others) = queries.ArePictures ? (embeddings.Pictures, embeddings.Captions) : (embeddings.Captions, embeddings.Pictures);
        var items = queries.ArePictures ? captions : pictures;
        var places = Candidates.Select([.. queries.Numbers.Select(query => own[query])], [.. items.Select(item => others[item])], Math.Min(k, items.Length));
        return [.. places.Select(found => found.Select(place => items[place]).ToArray())];
    }
}
