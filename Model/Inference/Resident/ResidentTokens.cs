using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// The image tokens that stay on a device between the image encoder and the pair scorer. What the encoder made is kept where it is and brought to the
/// host once; what else is scored is sent to the device once and kept. The least recently used make room.
/// </summary>
/// <remarks>
/// <para>
/// Tokens are known by their object. It never changes, the silo's feature cache hands out the same one for a picture as long as it has it, and the
/// question costs nothing; a hash of a picture's megabytes would cost as much as sending them. A picture that left the cache and came back from
/// the store is another object, and is sent once more. Objects are not kept alive by their places here.
/// </para>
/// <para>
/// Tokens are kept and not the keys and values that the fusion layers make of them. For the published sizes those are 12 times as large (21 MB instead
/// of 1.8 MB a picture), so that a twelfth of the pictures would have a place, and making them is the work of six or seven pairs of texts.
/// </para>
/// <para>Calls take turns: a place that a run reads is not given away, and disposal waits for it.</para>
/// </remarks>
sealed class ResidentTokens : IDisposable
{
    readonly Lock gate = new();
    readonly TokenPool pool;
    readonly FeaturePrecision precision;
    readonly ConditionalWeakTable<ImageTokens, Held> held = [];

    /// <summary>Places, the least recently used first.</summary>
    readonly LinkedList<Place> order = [];
    long hits, misses, used;
    bool disposed;

    ResidentTokens(TokenPool pool, FeaturePrecision precision)
    {
        (this.pool, this.precision) = (pool, precision);
        for (var number = 0; number < pool.Count; number++)
            order.AddLast(new Place(number).Node);
    }

    /// <summary>How it does. May be asked from any thread.</summary>
    public TokenResidency Residency => new(
        Interlocked.Read(ref hits), Interlocked.Read(ref misses), Interlocked.Read(ref used) * pool.PictureBytes, pool.Count * pool.PictureBytes);

    /// <summary>The memory that it is.</summary>
    public TokenPool Pool => pool;

    /// <summary>Takes the memory that the options say; null where they say none, or where there is none, which is noted.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="precision">How the package keeps tokens.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="note">Told why there is none though some was wanted.</param>
    public static ResidentTokens? Start(MplugConfig config, FeaturePrecision precision, EngineOptions options, Action<string> note)
    {
        var (bytes, least) = (options.Cuda.ChosenTokenBytes, TokenPool.BytesOf(config, precision));
        if (!options.ActsAsGpu || bytes == 0)
            return null;
        if (bytes < least)
        {
            note($"Of the {bytes} bytes for image tokens not one picture's could be kept, which are {least}: they are sent for every run.");
            return null;
        }

        try
        {
            return new ResidentTokens(new TokenPool(config, precision, options, bytes), precision);
        }
        catch (OnnxRuntimeException e) when (MemoryFaults.Is(e))
        {
            note($"There is no memory for {bytes} bytes of image tokens (Mplug__Device__GpuTokenBytes): they are sent for every run. It said: {RuntimeMessage.Of(e)}");
            return null;
        }
    }

    /// <summary>Keeps the tokens of pictures that the encoder has left on the device, and brings them to the host.</summary>
    /// <param name="encoded">Tokens <c>[pictures, image tokens, hidden]</c> in fp32.</param>
    /// <param name="count">How many pictures of them.</param>
    public ImageTokens[] Keep(OrtValue encoded, int count)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var tokens = pool.Read(encoded, count);
            for (var picture = 0; picture < count; picture++)
            {
                var place = Free();
                pool.Write(place.Number, encoded, picture);
                Occupy(place, tokens[picture]);
            }

            return tokens;
        }
    }

    /// <summary>Lets a run read pictures' tokens <c>[pictures, image tokens, hidden]</c> in fp32 where they are on the device.</summary>
    /// <param name="pictures">The pictures; one may stand there several times.</param>
    /// <param name="target">Where on the device the run wants them; null: wherever they are.</param>
    /// <param name="run">The run; the value is its own until it returns.</param>
    /// <returns>
    /// Whether it ran. It did not if there are fewer places than pictures, or if their numbers are not such as are kept here: then it has to send them.
    /// </returns>
    public bool TryUse(IReadOnlyList<ImageTokens> pictures, OrtValue? target, Action<OrtValue> run)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var distinct = pictures.Distinct().ToArray();
            if (distinct.Length > pool.Count || distinct.Any(picture => picture.Precision != precision))
            {
                Interlocked.Add(ref misses, distinct.Length);
                return false;
            }

            // First those that are there, so that none of them makes room for another of this run.
            var missing = distinct.Where(picture => !Touch(picture)).ToArray();
            foreach (var picture in missing)
            {
                var place = Free();
                pool.Write(place.Number, picture);
                Occupy(place, picture);
            }

            Interlocked.Add(ref hits, distinct.Length - missing.Length);
            Interlocked.Add(ref misses, missing.Length);
            pool.Use([.. pictures.Select(NumberOf)], target, run);
            return true;
        }
    }

    /// <summary>Forgets all pictures and how often they were asked for.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (var place in order)
            {
                if (place.Holder is { } holder)
                    (holder.Place, place.Holder) = (null, null);
            }

            (hits, misses, used) = (0, 0, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            held.Clear();
            pool.Dispose();
        }
    }

    /// <summary>Whether a picture has a place, which then is the last to be given away.</summary>
    bool Touch(ImageTokens picture)
    {
        if (!held.TryGetValue(picture, out var found) || found.Place is not { } place)
            return false;
        order.Remove(place.Node);
        order.AddLast(place.Node);
        return true;
    }

    int NumberOf(ImageTokens picture) =>
        held.TryGetValue(picture, out var found) && found.Place is { } place ? place.Number : throw new UnreachableException("A picture of this run has lost its place.");

    /// <summary>The place that was not used for longest, nobody's from now on.</summary>
    Place Free()
    {
        var place = order.First!.Value;
        if (place.Holder is { } holder)
        {
            (holder.Place, place.Holder) = (null, null);
            Interlocked.Decrement(ref used);
        }

        return place;
    }

    void Occupy(Place place, ImageTokens picture)
    {
        place.Holder = new Held { Place = place };
        held.AddOrUpdate(picture, place.Holder);
        order.Remove(place.Node);
        order.AddLast(place.Node);
        Interlocked.Increment(ref used);
    }

    /// <summary>What a picture has: a place, until another gets it.</summary>
    sealed class Held
    {
        public Place? Place { get; set; }
    }

    sealed class Place
    {
        public Place(int number) => (Number, Node) = (number, new LinkedListNode<Place>(this));

        public int Number { get; }

        public LinkedListNode<Place> Node { get; }

        public Held? Holder { get; set; }
    }
}
