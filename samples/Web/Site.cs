using Microsoft.AspNetCore.DataProtection;
using OpenTelemetry;
using Web.Models;
using Web.Pages;
using Web.Safety;
using Web.Training;

namespace Web;

/// <summary>Puts the parts together.</summary>
internal static class Site
{
    /// <summary>The application, not started yet; the first model is loaded.</summary>
    /// <exception cref="BadSettingException">An argument or a setting cannot be meant.</exception>
    /// <exception cref="MLVision.MLNetExtensions.ImageClassificationException">The first model cannot be used.</exception>
    public static WebApplication Build(string[] arguments)
    {
        Settings.Check(arguments);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments,
            // Where the build put the page's files; paths of the user's begin in the current directory all the same.
            ContentRootPath = AppContext.BaseDirectory,
        });
        var settings = Settings.Read(builder.Configuration);
        AddServices(builder, settings);
        var site = builder.Build();
        Map(site, settings);
        var models = site.Services.GetRequiredService<ModelShelf>();
        models.OpenFirst();
        return site;
    }

    private static void AddServices(WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddAntiforgery();
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<TrainingFolders>();
        services.AddSingleton<TrainingRoom>();
        services.AddHostedService(provider => provider.GetRequiredService<TrainingRoom>());
        services.AddHealthChecks().AddCheck<ModelsHealth>("model");
        services.AddProblemDetails();
        services.AddOpenApi(options => options.AddDocumentTransformer(ImageRequests.NameTheDocument));
        services.AddRazorComponents();
        services.AddRequestLimits(settings.Limits);
        // A restart makes open forms stale; in return no key is written to the home folder.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        AddMetrics(builder);
    }

    /// <summary>Measurements go to a collector where one is named, by OpenTelemetry's own variables.</summary>
    private static void AddMetrics(WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(
            "MLVision.ImageClassifier", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
            "Microsoft.AspNetCore.RateLimiting", "System.Runtime"));
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
        {
            telemetry.UseOtlpExporter();
        }
    }

    private static void Map(WebApplication site, Settings settings)
    {
        site.UseExceptionHandler();
        site.UseStatusCodePages();
        site.UseMiddleware<SecurityHeaders>();
        site.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
        site.UseRouting();
        site.UseRateLimiter();

        site.MapOpenApi();
        site.MapHealthChecks("/health");
        site.MapModels(settings);
        site.MapTraining();
        site.MapGet("/", PageEndpoints.Home).ExcludeFromDescription();
    }
}
