using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace TestImages;

/// <summary>Makes the schema shape that estimators are asked with; ML.NET keeps the maker to itself.</summary>
internal static class SchemaShapes
{
    public static SchemaShape Of(DataViewSchema schema) => Create(null, schema);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod)]
    private static extern SchemaShape Create(SchemaShape? type, DataViewSchema schema);
}
