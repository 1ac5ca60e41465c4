using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
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

    /// <summary>The sentence may hold what a model or a folder is called.</summary>
    [Fact]
    public void Report_ControlCharactersInTheSentence_AreShown() =>
        Assert.Equal(
            (2, @"The model does not know the class '\x1b[2Jrose'."),
            Report(new ImageDataException("The model does not know the class '\u001b[2Jrose'.")));

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
            Assert.StartsWith("mlvision failed because of an error of its own: ", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("Parameter", sentence, StringComparison.Ordinal);
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

    /// <summary>Faults of native libraries, as they come and as ML.NET and several threads wrap them.</summary>
    [Fact]
    public void Report_NativeFault_IsASentenceAndExitCode2()
    {
        var session = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3]));
        var torch = new ExternalException("CUDA error: device-side assert triggered\nCUDA kernel errors might be reported later.");
        (Exception Error, string Beginning)[] faults =
        [
            (torch, "libtorch gave up (CUDA error: device-side assert triggered): "),
            (new AggregateException(torch, torch), "libtorch gave up ("),
            (session, "ONNX Runtime gave up ("),
            (new InvalidOperationException("Splitter/consolidator worker encountered exception.", session), "ONNX Runtime gave up ("),
            (new OutOfMemoryException("Array dimensions exceeded supported range."), "This machine's memory is used up ("),
            (new SEHException("External component has thrown an exception."), "A native library gave up ("),
        ];

        Assert.All(faults, fault =>
        {
            var (exitCode, sentence) = Report(fault.Error, "benchmark", "score", "--model", "m", "--data", "d");

            Assert.Equal(2, exitCode);
            Assert.StartsWith(fault.Beginning, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', sentence);
        });
    }

    [Fact]
    public void Report_OutOfMemoryInTraining_ProposesTheFlag()
    {
        var error = new ImageClassificationException(
            "cuda:0 lacks memory for batches of 64: set BatchSize to 32, or set a smaller ImageSize.");

        Assert.Equal(
            (2, "cuda:0 lacks memory for batches of 64: set --batch-size to 32, or set a smaller --image-size."),
            Report(error, "train", "--data", "d", "--arch", "a", "--out", "o"));
    }

    [Fact]
    public void Report_SeveralThreadsFailed_IsTheFirstsSentence() =>
        Assert.Equal((2, "The disk is full."), Report(new AggregateException(new IOException("The disk is full."), new IOException("b"))));

    [Fact]
    public void Report_OursWrappedByMLNet_IsOurs()
    {
        var error = new InvalidOperationException("Splitter/consolidator worker failed.", new ImageDataException("The folder is empty."));

        Assert.Equal((2, "The folder is empty."), Report(error));
    }

    [Fact]
    public void Report_ErrorOfTheSystem_IsNoNativeFault() => Assert.Equal(70, Report(new Win32Exception(2)).ExitCode);

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
