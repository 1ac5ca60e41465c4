using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The errors of our cursors for a column or a type that they do not have.</summary>
internal static class CursorErrors
{
    /// <summary>A getter of another type than the column's was asked for.</summary>
    public static InvalidOperationException WrongType<T>(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' holds {column.Type}, whose values are {column.Type.RawType.Name}, not {typeof(T).Name}.");

    /// <summary>A getter of a column was asked for that the cursor was not opened with.</summary>
    public static InvalidOperationException Inactive(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' is not active; name it when the cursor is opened.");
}
