using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx.Rows;

/// <summary>The kernels for rows as operators of the runtime, for graphs that <see cref="JoinedRows"/> has changed.</summary>
static unsafe class RowOperators
{
    /// <summary>Their domain.</summary>
    public const string Domain = "mplug.rows";

    /// <summary><c>x [..., width] -> bytes [rows, width], steps [rows, 1]</c>.</summary>
    public const string Round = "Round";

    /// <summary><c>product [rows, width], steps [rows, 1], bias [width] -> [rows, width]</c>.</summary>
    public const string Restore = "Restore";

    /// <summary>As <see cref="Restore"/>, with another input that is added, <c>[..., width]</c> of as many numbers.</summary>
    public const string RestoreAdd = "RestoreAdd";

    /// <summary>As <see cref="Restore"/>, then CLIP's GELU, then <see cref="Round"/>.</summary>
    public const string RestoreGeluRound = "RestoreGeluRound";

    /// <summary>Rows that a thread takes at a time.</summary>
    const int RowsAtOnce = 8;

    const int MostAxes = 8;

    static readonly Lazy<nint> Handle = new(Create);

    /// <summary>Whether this processor and this runtime can run them.</summary>
    public static bool AreSupported => RowKernels.IsSupported && NativeRuntime.IsThere;

    /// <summary>
    /// Makes them known to the runtime. It takes note of a new domain without a lock, so this comes before any other session is opened: one that opens
    /// meanwhile reads the list that is written here.
    /// </summary>
    public static void Register()
    {
        var graph = new OnnxGraph("first");
        graph.Output("y", graph.Input("x", OnnxType.Float, 1));
        var model = graph.Build(_ => throw new InvalidOperationException("It has no weights."));
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        AddTo(options);
        new InferenceSession(model.ToByteArray(), options).Dispose();
    }

    /// <summary>Lets sessions of these options use them.</summary>
    public static void AddTo(SessionOptions options) => NativeRuntime.Use(options.DangerousGetHandle(), Handle.Value);

    static nint Create()
    {
        var domain = NativeRuntime.CreateOperatorDomain(Text(Domain));
        Add(Round, 1, rounds: true, &ComputeRound);
        Add(Restore, 3, rounds: false, &ComputeRestore);
        Add(RestoreAdd, 4, rounds: false, &ComputeRestoreAdd);
        Add(RestoreGeluRound, 3, rounds: true, &ComputeRestoreGeluRound);
        return domain;

        void Add(string name, int inputs, bool rounds, delegate* unmanaged[Cdecl]<void*, nint, nint> compute)
        {
            // The runtime keeps the address.
            var op = (CustomOperator*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOperator));
            *op = new CustomOperator
            {
                Version = NativeRuntime.Version,
                GetName = &NameOf,
                GetExecutionProviderType = &ProviderOf,
                GetInputType = &InputTypeOf,
                GetInputTypeCount = &InputsOf,
                GetOutputType = &OutputTypeOf,
                GetOutputTypeCount = &OutputsOf,
                GetInputCharacteristic = &Required,
                GetOutputCharacteristic = &Required,
                GetInputMemoryType = &Required,
                GetVariadicInputMinArity = &One,
                GetVariadicInputHomogeneity = &One,
                GetVariadicOutputMinArity = &One,
                GetVariadicOutputHomogeneity = &One,
                CreateKernelV2 = &CreateKernel,
                KernelDestroy = &DestroyKernel,
                KernelComputeV2 = compute,
                GetStartVersion = &One,
                GetEndVersion = &One,
                Name = Text(name),
                Inputs = inputs,
                Rounds = rounds,
            };
            NativeRuntime.Add(domain, op);
        }
    }

    static byte* Text(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static byte* NameOf(CustomOperator* op) => op->Name;

    /// <summary>The processor's.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static byte* ProviderOf(CustomOperator* op) => null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static OnnxType InputTypeOf(CustomOperator* op, nuint place) => OnnxType.Float;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nuint InputsOf(CustomOperator* op) => (nuint)op->Inputs;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static OnnxType OutputTypeOf(CustomOperator* op, nuint place) => op->Rounds && place == 0 ? OnnxType.UInt8 : OnnxType.Float;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nuint OutputsOf(CustomOperator* op) => op->Rounds ? 2u : 1;

    /// <summary>An input or output that is always there; in memory of the processor.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Required(CustomOperator* op, nuint place) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int One(CustomOperator* op) => 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint CreateKernel(CustomOperator* op, nint api, nint info, void** kernel)
    {
        *kernel = op;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void DestroyKernel(void* kernel)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint ComputeRound(void* kernel, nint context) => Compute((CustomOperator*)kernel, context, &RoundRows);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint ComputeRestore(void* kernel, nint context) => Compute((CustomOperator*)kernel, context, &RestoreRows);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint ComputeRestoreAdd(void* kernel, nint context) => Compute((CustomOperator*)kernel, context, &RestoreAddRows);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint ComputeRestoreGeluRound(void* kernel, nint context) => Compute((CustomOperator*)kernel, context, &RestoreGeluRoundRows);

    /// <summary>Finds the numbers, and has the rows computed by the session's threads.</summary>
    static nint Compute(CustomOperator* op, nint context, delegate* unmanaged[Cdecl]<void*, nuint, void> work)
    {
        Run run = default;
        var inputs = stackalloc float*[4];
        nint value, failure;
        for (var i = 0; i < op->Inputs; i++)
        {
            long count, width;
            if ((failure = NativeRuntime.Input(context, i, &value)) != 0 || (failure = NativeRuntime.Data(value, (void**)&inputs[i])) != 0
                || (failure = Sizes(value, &count, &width)) != 0)
            {
                return failure;
            }

            if (i == 0)
                (run.Rows, run.Width) = ((int)(count / Math.Max(1, width)), (int)width);
            else if (count != i switch { 1 => run.Rows, 2 => run.Width, _ => (long)run.Rows * run.Width })
                return NativeRuntime.Failure("An operator for rows got inputs that do not fit each other.\0"u8);
        }

        run.X = inputs[0];
        run.Steps = inputs[1];
        run.Bias = inputs[2];
        run.Other = inputs[3];
        var sizes = stackalloc long[] { run.Rows, run.Width };
        if ((failure = NativeRuntime.Output(context, 0, sizes, 2, &value)) != 0 || (failure = NativeRuntime.Data(value, &run.Result)) != 0)
            return failure;
        sizes[1] = 1;
        if (op->Rounds
            && ((failure = NativeRuntime.Output(context, 1, sizes, 2, &value)) != 0 || (failure = NativeRuntime.Data(value, (void**)&run.ResultSteps)) != 0))
        {
            return failure;
        }

        var turns = (run.Rows + RowsAtOnce - 1) / RowsAtOnce;
        return turns == 0 ? 0 : NativeRuntime.ForEach(context, work, turns, &run);
    }

    /// <summary>How many numbers a tensor has, and how many along its last axis.</summary>
    static nint Sizes(nint value, long* count, long* width)
    {
        var sizes = stackalloc long[MostAxes];
        int rank;
        var failure = NativeRuntime.Sizes(value, sizes, MostAxes, &rank);
        if (failure != 0)
            return failure;
        if (rank is < 1 or > MostAxes)
            return NativeRuntime.Failure("An operator for rows got an input of too few or too many axes.\0"u8);
        (*count, *width) = (1, sizes[rank - 1]);
        for (var axis = 0; axis < rank; axis++)
            *count *= sizes[axis];
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void RoundRows(void* argument, nuint turn)
    {
        var run = (Run*)argument;
        for (var row = run->First(turn); row < run->End(turn); row++)
            run->ResultSteps[row] = RowKernels.Round(run->X + row * run->Width, run->Width, (byte*)run->Result + row * run->Width);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void RestoreRows(void* argument, nuint turn)
    {
        var run = (Run*)argument;
        for (var row = run->First(turn); row < run->End(turn); row++)
            RowKernels.Restore(run->X + row * run->Width, run->Width, run->Steps[row], run->Bias, (float*)run->Result + row * run->Width);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void RestoreAddRows(void* argument, nuint turn)
    {
        var run = (Run*)argument;
        for (var row = run->First(turn); row < run->End(turn); row++)
        {
            RowKernels.RestoreAdd(
                run->X + row * run->Width, run->Width, run->Steps[row], run->Bias, run->Other + row * run->Width, (float*)run->Result + row * run->Width);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void RestoreGeluRoundRows(void* argument, nuint turn)
    {
        var run = (Run*)argument;
        var room = (float*)NativeMemory.AlignedAlloc((nuint)run->Width * sizeof(float), 64);
        for (var row = run->First(turn); row < run->End(turn); row++)
        {
            run->ResultSteps[row] = RowKernels.RestoreGeluRound(
                run->X + row * run->Width, run->Width, run->Steps[row], run->Bias, room, (byte*)run->Result + row * run->Width);
        }

        NativeMemory.AlignedFree(room);
    }

    /// <summary>One run of an operator.</summary>
    struct Run
    {
        public float* X, Steps, Bias, Other, ResultSteps;
        public void* Result;
        public int Rows, Width;

        public readonly nint First(nuint turn) => (nint)turn * RowsAtOnce;

        public readonly nint End(nuint turn) => Math.Min(Rows, First(turn) + RowsAtOnce);
    }
}
