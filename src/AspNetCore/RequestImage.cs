using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace MLVision.AspNetCore;

/// <summary>Reads the image of a request to memory.</summary>
/// <param name="maxBytes">Bytes of the largest image that is taken.</param>
internal sealed class RequestImage(long maxBytes)
{
    /// <summary>The form's field that holds the image.</summary>
    public const string Field = "image";

    // Boundaries, headers of the parts, and other fields.
    private const int FormBytes = 64 << 10;
    private const int FirstBuffer = 64 << 10;

    /// <summary>The encoded image; empty where the request has no body.</summary>
    /// <exception cref="RefusedRequestException">The request has another media type, too many bytes, or no image.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        var isForm = IsForm(request);
        var limit = Math.Min(maxBytes, Array.MaxLength) + (isForm ? FormBytes : 0);
        if (request.ContentLength > limit)
        {
            throw LimitedBody.TooLong(maxBytes);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            // Kestrel counts the lengths that stand before chunks, too; the image's own bytes are counted below.
            server.MaxRequestBodySize = (2 * limit) + FormBytes;
        }

        var cancellationToken = request.HttpContext.RequestAborted;
        var body = request.Body;
        request.Body = new LimitedBody(body, limit, maxBytes);
        try
        {
            return isForm
                ? await ReadFormAsync(request, cancellationToken).ConfigureAwait(false)
                : await CopyAsync(request.Body, request.ContentLength, cancellationToken).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            throw new RefusedRequestException(e.StatusCode, $"The request's body cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new RefusedRequestException(StatusCodes.Status400BadRequest, $"The request's body cannot be read: {e.Message}");
        }
        finally
        {
            request.Body = body;
        }
    }

    private static bool IsForm(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            return false;
        }

        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (string.Equals(type, "multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var isImage = type is not null && (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase));
        return isImage ? false : throw new RefusedRequestException(
            StatusCodes.Status415UnsupportedMediaType,
            "Expected an image as the body, with the media type image/jpeg, another image's, or application/octet-stream, or a form " +
            $"(multipart/form-data) with the image in its field '{Field}'; the media type is '{request.ContentType}'.");
    }

    private async Task<ReadOnlyMemory<byte>> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var inMemory = new FormOptions
        {
            MultipartBodyLengthLimit = long.MaxValue,
            MemoryBufferThreshold = (int)Math.Min(maxBytes + 1, Array.MaxLength),
        };
        var form = await request.ReadFormAsync(inMemory, cancellationToken).ConfigureAwait(false);
        var file = form.Files.GetFile(Field) ?? throw new RefusedRequestException(
            StatusCodes.Status400BadRequest, $"The form has no file in the field '{Field}'; {Fields(form)}.");
        if (file.Length > maxBytes)
        {
            throw LimitedBody.TooLong(maxBytes);
        }

        using var content = file.OpenReadStream();
        return await CopyAsync(content, file.Length, cancellationToken).ConfigureAwait(false);
    }

    private static string Fields(IFormCollection form)
    {
        var names = form.Files.Select(file => $"'{file.Name}' (a file)").Concat(form.Keys.Select(name => $"'{name}' (a text)")).ToList();
        return names.Count == 0 ? "it is empty" : $"it has {string.Join(", ", names)}";
    }

    private static async Task<ReadOnlyMemory<byte>> CopyAsync(Stream content, long? length, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream((int)Math.Min(length ?? FirstBuffer, Array.MaxLength));
        await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
