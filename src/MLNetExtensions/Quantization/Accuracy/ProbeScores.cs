using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>A model's scores of images that are made up, where there may be no others.</summary>
internal static class ProbeScores
{
    private const int Black = 0;
    private const int White = 1;
    private const int Noise = 2;
    private const int Seed = 1;

    /// <summary>Scores a black, a white and a random image.</summary>
    /// <exception cref="ModelFileException">A score is NaN or infinite: activations exceed half precision, which ends at 65504.</exception>
    public static void ThrowUnlessNumbers(ModelProto model)
    {
        using var session = ClassifierSession.OpenUntried(
            ModelContent.OfMade(model, "The model in half precision"), ComputeDevice.Cpu, Environment.ProcessorCount);
        using var batch = new SessionBatch(session, Noise + 1);
        batch.Pixels(Black).Clear();
        batch.Pixels(White).Fill(byte.MaxValue);
        new Random(Seed).NextBytes(batch.Pixels(Noise));
        batch.Run(batch.Capacity);
        if (!Enumerable.Range(0, batch.Capacity).All(image => Decision.AreNumbers(batch.Scores(image))))
        {
            throw new ModelFileException(
                "In half precision the model's scores are NaN or infinite, because numbers between its layers exceed 65504; "
                + "keep the float model.");
        }
    }
}
