using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The errors of our cursors for a column or a type that they do not have.</summary>
internal static class CursorErrors
{
    /// <summary>The getter has another type than the column.</summary>
    public static InvalidOperationException WrongType<T>(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' holds {column.Type}, whose values are {column.Type.RawType.Name}, not {typeof(T).Name}.");

    /// <summary>The cursor was not opened with this column.</summary>
    public static InvalidOperationException Inactive(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' is not active; name it when the cursor is opened.");
}
