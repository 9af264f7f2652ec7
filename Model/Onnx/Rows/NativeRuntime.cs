using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx.Rows;

/// <summary>What the runtime's C interface has and its C# one lacks: operators of our own. Calls return a status, null for success.</summary>
/// <remarks>Source: onnxruntime_c_api.h, OrtApiBase and OrtApi; its functions keep their places from version to version.</remarks>
static unsafe partial class NativeRuntime
{
    static readonly nint* Functions = Load();

    /// <summary>The version of the interface that this was written for; newer runtimes have it too.</summary>
    public const uint Version = 22;

    /// <summary>Whether the runtime was found, and has this version of the interface.</summary>
    public static bool IsThere => Functions is not null;

    public static nint CreateOperatorDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged[Cdecl]<byte*, nint*, nint>)Functions[(int)Place.CreateCustomOpDomain])(name, &domain));
        return domain;
    }

    /// <summary>Adds an operator, which has to stay where it is for as long as the process lives.</summary>
    public static void Add(nint domain, CustomOperator* op) => Check(((delegate* unmanaged[Cdecl]<nint, CustomOperator*, nint>)Functions[(int)Place.CustomOpDomainAdd])(domain, op));

    /// <summary>Lets the sessions of some options use a domain's operators.</summary>
    public static void Use(nint options, nint domain) => Check(((delegate* unmanaged[Cdecl]<nint, nint, nint>)Functions[(int)Place.AddCustomOpDomain])(options, domain));

    /// <summary>A status that tells of a fault; the runtime releases it.</summary>
    public static nint Failure(ReadOnlySpan<byte> message)
    {
        const int Fail = 1;
        fixed (byte* text = message)
            return ((delegate* unmanaged[Cdecl]<int, byte*, nint>)Functions[(int)Place.CreateStatus])(Fail, text);
    }

    /// <summary>A tensor's numbers.</summary>
    public static nint Data(nint value, void** data) => ((delegate* unmanaged[Cdecl]<nint, void**, nint>)Functions[(int)Place.GetTensorMutableData])(value, data);

    /// <summary>A tensor's number of axes, and the sizes of at most <paramref name="most"/> of them.</summary>
    public static nint Sizes(nint value, long* sizes, int most, int* rank)
    {
        nint info;
        var failure = ((delegate* unmanaged[Cdecl]<nint, nint*, nint>)Functions[(int)Place.GetTensorTypeAndShape])(value, &info);
        if (failure != 0)
            return failure;
        nuint count;
        failure = ((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)Functions[(int)Place.GetDimensionsCount])(info, &count);
        *rank = (int)count;
        if (failure == 0)
            failure = ((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)Functions[(int)Place.GetDimensions])(info, sizes, Math.Min(count, (nuint)most));
        ((delegate* unmanaged[Cdecl]<nint, void>)Functions[(int)Place.ReleaseTensorTypeAndShapeInfo])(info);
        return failure;
    }

    public static nint Input(nint context, int place, nint* value) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)Functions[(int)Place.KernelContextGetInput])(context, (nuint)place, value);

    public static nint Output(nint context, int place, long* sizes, int rank, nint* value) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, long*, nuint, nint*, nint>)Functions[(int)Place.KernelContextGetOutput])(context, (nuint)place, sizes, (nuint)rank, value);

    /// <summary>Calls a function for every number below a count, on the session's threads.</summary>
    public static nint ForEach(nint context, delegate* unmanaged[Cdecl]<void*, nuint, void> work, int count, void* argument) =>
        ((delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<void*, nuint, void>, nuint, nuint, void*, nint>)Functions[(int)Place.KernelContextParallelFor])(
            context, work, (nuint)count, 0, argument);

    static void Check(nint status)
    {
        if (status == 0)
            return;
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<nint, byte*>)Functions[(int)Place.GetErrorMessage])(status));
        ((delegate* unmanaged[Cdecl]<nint, void>)Functions[(int)Place.ReleaseStatus])(status);
        throw new InvalidOperationException($"ONNX Runtime does not take an operator: {message}");
    }

    static nint* Load()
    {
        // Loaded already, by the runtime's own assembly, wherever that has found it; where only that knows how to, there are no operators of ours.
        if (!NativeLibrary.TryLoad("onnxruntime", typeof(OrtEnv).Assembly, null, out var library))
            return null;
        var start = (delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        return ((delegate* unmanaged[Cdecl]<uint, nint*>)start()[0])(Version);
    }

    /// <summary>Where OrtApi has its functions; the names are its, without underscores.</summary>
    enum Place
    {
        CreateStatus = 0,
        GetErrorMessage = 2,
        CreateCustomOpDomain = 26,
        CustomOpDomainAdd = 27,
        AddCustomOpDomain = 28,
        GetTensorMutableData = 51,
        GetDimensionsCount = 61,
        GetDimensions = 62,
        GetTensorTypeAndShape = 65,
        KernelContextGetInput = 90,
        KernelContextGetOutput = 91,
        ReleaseStatus = 93,
        ReleaseTensorTypeAndShapeInfo = 99,
        KernelContextParallelFor = 274,
    }
}
