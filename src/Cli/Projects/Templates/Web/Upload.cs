// Written by `mlvision new --web`.

using SkiaSharp;

namespace {{Namespace}};

/// <summary>Reads the image that comes with a request.</summary>
internal static class Upload
{
    /// <summary>Reads the form's file <c>image</c>, or the body.</summary>
    /// <returns>The image's bytes; none where there is no image.</returns>
    /// <exception cref="BadHttpRequestException">The body is too long, or of another media type.</exception>
    /// <exception cref="InvalidDataException">The form is damaged or too long.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(cancellationToken);
            if (form.Files.GetFile("image") is { } file)
            {
                await file.CopyToAsync(bytes, cancellationToken);
            }
        }
        else if (request.ContentType is null or "application/octet-stream"
            || request.ContentType.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
        {
            await request.Body.CopyToAsync(bytes, cancellationToken);
        }
        else
        {
            throw new BadHttpRequestException(
                "Send an image: as the form's file 'image', or as the body.", StatusCodes.Status415UnsupportedMediaType);
        }

        return bytes.ToArray();
    }

    /// <summary>Number of pixels by the image's header, so that nothing large is decoded; 0 where it is no image.</summary>
    public static long PixelsOf(byte[] image)
    {
        using var data = SKData.CreateCopy(image);
        using var codec = SKCodec.Create(data);
        return codec is null ? 0 : (long)codec.Info.Width * codec.Info.Height;
    }
}
