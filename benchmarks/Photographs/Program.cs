using System.CommandLine;
using Benchmarks.Photographs;
using MLVision.Trainers.Weights.Published;

var data = new Argument<DirectoryInfo>("data") { Description = "A folder of photographs, one sub-folder for each class." };
var arrangements = new Option<int>("--arrangements")
{
    Description = "How often the photographs are dealt out anew; the first time one after the other, in the order of their names.",
    DefaultValueFactory = _ => 4,
};
var folds = new Option<int>("--folds") { Description = "Parts that are each tested once.", DefaultValueFactory = _ => 5 };
var peer = new Option<bool>("--peer") { Description = "Also measure ML.NET's own pipeline: DnnFeaturizeImage and LbfgsMaximumEntropy." };
var only = new Option<bool>("--only-peer") { Description = "Measure ML.NET's own pipeline alone." };
var planted = new Option<bool>("--planted")
{
    Description = "Measure the doctor instead: labels planted wrong in 5 % and 10 % of the photographs, drawn --draws times.",
};
var set = new Option<string[]>("--set")
{
    Description = "Options of the training as NAME=VALUE, for example HeadEpochs=50; without them the defaults.",
    DefaultValueFactory = _ => [],
    AllowMultipleArgumentsPerToken = true,
};
var trust = new Option<DirectoryInfo?>("--trust")
{
    Description = "A folder of other photographs: measure familiarity and calibration, with one class after another left out.",
};
var draws = new Option<int>("--draws") { Description = "Draws of --planted, --trust and --test.", DefaultValueFactory = _ => 5 };
var architecture = new Option<string>("--arch") { Description = "What is trained.", DefaultValueFactory = _ => OwnTraining.Default };
var test = new Option<DirectoryInfo?>("--test")
{
    Description = "Images to test on: learn --per-class images of each class of the data, drawn --draws times.",
};
var perClass = new Option<int>("--per-class") { Description = "Images of a class for --test.", DefaultValueFactory = _ => 50 };
var command = new RootCommand("Cross-validates a training on photographs: test accuracy, mean and standard error over the folds.")
{
    data, arrangements, folds, peer, only, planted, trust, draws, set, architecture, test, perClass,
};
command.SetAction(parsed =>
{
    if (parsed.GetValue(planted))
    {
        using var features = PublishedFeatures.Open();
        var labels = new PlantedLabels(parsed.GetRequiredValue(data).FullName, parsed.GetValue(draws), features);
        labels.Run(share: 0.05);
        labels.Run(share: 0.10);
        return;
    }

    if (parsed.GetValue(trust) is { } others)
    {
        new TrustCheck(
            parsed.GetRequiredValue(data).FullName, others.FullName, parsed.GetValue(draws),
            new OwnTraining(parsed.GetValue(set)!).Settled).Run();
        return;
    }

    var own = new OwnTraining(parsed.GetValue(set)!, parsed.GetRequiredValue(architecture));
    if (parsed.GetValue(test) is { } tested)
    {
        new FewImages(
            parsed.GetRequiredValue(data).FullName, tested.FullName, parsed.GetValue(perClass), parsed.GetValue(draws))
            .Run("ours", own.Test);
        return;
    }

    var validation = new CrossValidation(
        parsed.GetRequiredValue(data).FullName, parsed.GetValue(arrangements), parsed.GetValue(folds));
    if (!parsed.GetValue(only))
    {
        validation.Run("ours", own.Test);
    }

    if (parsed.GetValue(peer) || parsed.GetValue(only))
    {
        validation.Run("ML.NET", PeerTraining.Test);
    }
});
return await command.Parse(args).InvokeAsync();
