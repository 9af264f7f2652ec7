namespace MplugCluster.Model.Onnx.Rows;

/// <summary>An operator of ours as the runtime sees it, and after that what it does.</summary>
/// <remarks>Source: onnxruntime_c_api.h, OrtCustomOp of version 22; the names are its.</remarks>
unsafe struct CustomOperator
{
    public uint Version;
    public nint CreateKernel;
    public delegate* unmanaged[Cdecl]<CustomOperator*, byte*> GetName;
    public delegate* unmanaged[Cdecl]<CustomOperator*, byte*> GetExecutionProviderType;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint, OnnxType> GetInputType;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint> GetInputTypeCount;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint, OnnxType> GetOutputType;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint> GetOutputTypeCount;
    public nint KernelCompute;
    public delegate* unmanaged[Cdecl]<void*, void> KernelDestroy;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetVariadicInputMinArity;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetVariadicInputHomogeneity;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetVariadicOutputMinArity;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetVariadicOutputHomogeneity;
    public delegate* unmanaged[Cdecl]<CustomOperator*, nint, nint, void**, nint> CreateKernelV2;
    public delegate* unmanaged[Cdecl]<void*, nint, nint> KernelComputeV2;
    public nint InferOutputShapeFn;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetStartVersion;
    public delegate* unmanaged[Cdecl]<CustomOperator*, int> GetEndVersion;
    public nint GetMayInplace;
    public nint ReleaseMayInplace;
    public nint GetAliasMap;
    public nint ReleaseAliasMap;

    /// <summary>Name, ended by zero.</summary>
    public byte* Name;

    /// <summary>Inputs, all of fp32.</summary>
    public int Inputs;

    /// <summary>Whether it gives bytes and steps, instead of numbers in fp32.</summary>
    public bool Rounds;
}
