using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Web.Models;

/// <summary>What the API's description says of requests with an image, which no parameter of a method tells.</summary>
internal static class ImageRequests
{
    /// <summary>Names the document.</summary>
    public static Task NameTheDocument(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "Image classifier";
        document.Info.Description = "Labels images. Errors are problem details (RFC 9457).";
        return Task.CompletedTask;
    }

    /// <summary>Describes the image and the model's name.</summary>
    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "image" },
            Properties = new Dictionary<string, IOpenApiSchema> { ["image"] = file },
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "JPEG, PNG, WebP, GIF or BMP: the body itself, or the field 'image' of a form.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new() { Schema = form },
                ["image/*"] = new() { Schema = file },
                ["application/octet-stream"] = new() { Schema = file },
            },
        };
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "model",
                In = ParameterLocation.Query,
                Description = "A name of /models; without it the first model answers.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        ];
        return Task.CompletedTask;
    }
}
