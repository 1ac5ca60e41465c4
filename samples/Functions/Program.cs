using Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// An Azure Function that labels images: POST /predict. The model lies beside the program, or where MODEL_PATH says; docs/deploy.md.

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddImageClassifier(
    Environment.GetEnvironmentVariable("MODEL_PATH") ?? Path.Combine(AppContext.BaseDirectory, "model.zip"),
    // What is deployed does not change under a running function.
    options => options.ReloadOnChange = false);
builder.Services.AddSingleton<Prediction>();
builder.Build().Run();
