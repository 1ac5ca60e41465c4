namespace Web;

/// <summary>The models that can be chosen beside the first.</summary>
internal sealed class ModelSettings
{
    /// <summary>Folder of models: <c>NAME.zip</c>, <c>NAME.onnx</c> or <c>NAME/model.zip</c>. Trained ones go there.</summary>
    public string Folder { get; set; } = Path.Combine("artifacts", "web", "models");

    /// <summary>Models in memory at a time, at least 1; one more takes the place of the one that was not asked for longest.</summary>
    public int MostLoaded { get; set; } = 3;
}
