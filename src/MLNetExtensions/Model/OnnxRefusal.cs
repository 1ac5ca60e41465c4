namespace MLVision.MLNetExtensions.Model;

/// <summary>Why an ONNX model is not read, for the door that knows its name.</summary>
/// <param name="predicate">A sentence that lacks its subject and its full stop.</param>
/// <param name="inner">The error underneath, if there is one.</param>
internal sealed class OnnxRefusal(string predicate, Exception? inner = null) : Exception(predicate, inner)
{
    /// <summary>What is said of any other file.</summary>
    public const string NoModel = "is neither an ML.NET model.zip nor an ONNX model that can be run, or it is damaged";

    /// <summary>What is damaged, as a clause; null where the model is whole.</summary>
    public string? Damage { get; private init; }

    /// <summary>Refuses what is no model.</summary>
    /// <param name="why">What is wrong or another library says, in brackets.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public static OnnxRefusal OfNoModel(string why, Exception? inner = null) =>
        new(NoModel + why, inner) { Damage = "its ONNX model ends too early or is not one" };

    /// <summary>Refuses what is damaged.</summary>
    public static OnnxRefusal OfDamage(string damage) => new($"is damaged: {damage}") { Damage = damage };
}
