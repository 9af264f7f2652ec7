using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx;

/// <summary>Sessions whose first runs are profiled, until it is read where the runtime put their nodes. On a processor there is nothing to watch.</summary>
/// <param name="on">Whether sessions are opened with a profile.</param>
sealed class PlacementWatch(bool on)
{
    readonly Queue<(InferenceSession Session, string Graph)> sessions = new();

    /// <summary>Whether sessions are to be opened with a profile.</summary>
    public bool On => on;

    /// <summary>Watches a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="graph">Its name, for complaints.</param>
    public InferenceSession Add(InferenceSession session, string graph)
    {
        if (on)
            sessions.Enqueue((session, graph));
        return session;
    }

    /// <summary>Ends all profiles and says what ran elsewhere than on a provider and should not have. All sessions have run.</summary>
    public IEnumerable<string> Complaints(string provider)
    {
        while (sessions.TryDequeue(out var next))
        {
            if (NodePlacement.Complaint(next.Session, next.Graph, provider) is { } complaint)
                yield return complaint;
        }
    }

    /// <summary>Ends all profiles, which nobody will read. To be called before the sessions are disposed of.</summary>
    public void Discard()
    {
        while (sessions.TryDequeue(out var next))
            File.Delete(next.Session.EndProfiling());
    }
}
