namespace MLVision.MLNetExtensions.Model;

/// <summary>How an image of any size becomes the square that a model takes.</summary>
public enum ResizeRule
{
    /// <summary>Scale the shorter side to the model's size and cut the centre: ML.NET's <c>IsoCrop</c>.</summary>
    IsoCrop,
}
