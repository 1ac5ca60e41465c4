using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLVision.MLNetExtensions.Contexts;

/// <summary>The environment of a caller's <see cref="MLContext"/>, found through any of its catalogs.</summary>
/// <remarks>
/// A catalog's environment is private to ML.NET. But an estimator must build stock transforms in the caller's environment, or the caller's
/// GPU, temporary folder, session options and log are lost. The accessors below name members of Microsoft.ML 5.0. If a later version
/// renames them, a new context of our own is used.
/// </remarks>
internal sealed class MLEnvironment
{
    private readonly IHostEnvironment? _host;

    private MLEnvironment(Func<IHostEnvironment> host)
    {
        try
        {
            _host = host();
            Transforms = NewTransforms(_host);
            Data = NewData(_host);
        }
        catch (MissingMethodException)
        {
            var context = new MLContext();
            (Transforms, Data) = (context.Transforms, context.Data);
        }
    }

    public TransformsCatalog Transforms { get; }

    public DataOperationsCatalog Data { get; }

    public static MLEnvironment Of(TransformsCatalog catalog) => new(() => HostOf(catalog));

    public static MLEnvironment Of(TrainCatalogBase.CatalogInstantiatorBase catalog) => new(() => HostOf(catalog));

    public static MLEnvironment Of(ModelOperationsCatalog catalog) => new(() => HostOf(catalog));

    public static MLEnvironment Of(DataOperationsCatalog catalog) => new(() => HostOf(catalog));

    /// <summary>Writes a line to <see cref="MLContext.Log"/>.</summary>
    public void Log(string source, string message, bool warning = false)
    {
        using var channel = _host?.Start(source);
        if (warning)
        {
            channel?.Warning(MessageSensitivity.UserData, "{0}", message);
        }
        else
        {
            channel?.Info(MessageSensitivity.UserData, "{0}", message);
        }
    }

    /// <summary>
    /// Builds a transformer that opens an ONNX session, on the GPU that <see cref="MLContext.GpuDeviceId"/> asks for if it can be used.
    /// </summary>
    /// <exception cref="DeviceUnavailableException">It cannot be used, and <see cref="MLContext.FallbackToCpu"/> is not set.</exception>
    public T BuildOnnx<T>(Func<T> build) =>
        _host is null ? build() : ContextGpu.WhereUsable(_host, (message, warning) => Log("ImageClassifier", message, warning), build);

    private const string EnvironmentGetter = "Microsoft.ML.Data.IInternalCatalog.get_Environment";

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = EnvironmentGetter)]
    private static extern IHostEnvironment HostOf(TransformsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = EnvironmentGetter)]
    private static extern IHostEnvironment HostOf(TrainCatalogBase.CatalogInstantiatorBase catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = EnvironmentGetter)]
    private static extern IHostEnvironment HostOf(ModelOperationsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = EnvironmentGetter)]
    private static extern IHostEnvironment HostOf(DataOperationsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TransformsCatalog NewTransforms(IHostEnvironment host);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern DataOperationsCatalog NewData(IHostEnvironment host);
}
