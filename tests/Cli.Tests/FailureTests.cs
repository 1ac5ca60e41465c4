using MLVision.Cli;
using MLVision.MLNetExtensions;

namespace Cli.Tests;

/// <summary>What is said of a command that failed. Standard error is the process's, so these run one after the other.</summary>
[Collection(nameof(FailureTests))]
[CollectionDefinition(nameof(FailureTests), DisableParallelization = true)]
public sealed class FailureTests : IDisposable
{
    private readonly TextWriter _before = Console.Error;
    private readonly StringWriter _error = new();

    public FailureTests() => Console.SetError(_error);

    public void Dispose()
    {
        Console.SetError(_before);
        Environment.SetEnvironmentVariable(Failure.TraceVariable, null);
        _error.Dispose();
    }

    [Fact]
    public void Report_WhatTheCallerCanMend_IsItsSentenceAndExitCode2()
    {
        Exception[] errors =
        [
            new ImageDataException("The folder is empty."), new IOException("The disk is full."),
            new UnauthorizedAccessException("Access is denied."),
        ];

        Assert.All(errors, error => Assert.Equal((2, error.Message), Report(error)));
    }

    [Fact]
    public void Report_OptionOutOfRange_NamesTheFlag()
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            () => OptionOutOfRangeException.ThrowUnless(false, "MaxSkipped", -1, "0 or more"));

        Assert.Equal((2, "--max-skipped is -1; it must be 0 or more."), Report(error, "evaluate", "--model", "m", "--data", "d"));
    }

    /// <summary>.NET's own exceptions of the same kind are mistakes in code.</summary>
    [Fact]
    public void Report_MistakeInCode_IsNoneOfTheUsers()
    {
        Exception[] errors =
        [
            new ArgumentNullException("source"), new ArgumentOutOfRangeException("count", -1, "Non-negative number required."),
            new ArgumentException("An item with the same key has already been added."), new InvalidOperationException("Sequence is empty."),
            new FormatException("The input is not a number."),
        ];

        Assert.All(errors, error =>
        {
            var (exitCode, sentence) = Report(error);

            Assert.Equal(70, exitCode);
            Assert.StartsWith(
                $"mlvision failed because of an error of its own: {error.GetType().Name}, ", sentence, StringComparison.Ordinal);
            Assert.EndsWith("MLVISION_TRACE=1 in the environment shows where, please report it.", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', sentence);
        });
    }

    [Fact]
    public void Report_TraceIsAskedFor_ShowsIt()
    {
        Environment.SetEnvironmentVariable(Failure.TraceVariable, "1");
        var error = Record.Exception(() => Array.Empty<int>().First());

        var (_, text) = Report(error!);

        Assert.Contains($"   at {nameof(System)}.{nameof(System.Linq)}.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Cancelled_IsNoFault() =>
        Assert.Equal((130, "Cancelled; nothing was written."), Report(new OperationCanceledException()));

    /// <summary>Names of options are flags in the words of the command line; what is quoted is the user's, and stays.</summary>
    [Fact]
    public void Report_SentenceThatNamesAnOption_NamesTheFlag()
    {
        var error = new ImageDataException(
            "Too many unreadable images (MaxSkippedImages is 1) in 'a/BatchSize/b', by a ValidationFraction of 0.");

        Assert.Equal(
            (2, "Too many unreadable images (--max-skipped is 1) in 'a/BatchSize/b', by a ValidationFraction of 0."),
            Report(error, "train", "--data", "d", "--arch", "a", "--out", "o"));
    }

    private (int ExitCode, string Text) Report(Exception error, params string[] arguments)
    {
        _error.GetStringBuilder().Clear();
        return (Failure.Report(Verbs.Create().Parse(arguments), error), _error.ToString().TrimEnd());
    }
}
