using System.Text;

namespace Documentation.Tests;

/// <summary>Splits a line of a shell into words, as far as lines go that mean the same in bash and in PowerShell.</summary>
internal static class CommandWords
{
    /// <summary>The words of a line; empty for one that is blank or a comment.</summary>
    /// <remarks>
    /// Quotes keep blanks together and are taken away; # behind a blank begins a comment.
    /// </remarks>
    public static List<string> Of(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var started = false;
        char? quote = null;
        foreach (var character in line)
        {
            if (quote is not null)
            {
                quote = character == quote ? null : quote;
                if (quote is not null)
                {
                    word.Append(character);
                }
            }
            else if (character is '\'' or '"')
            {
                (quote, started) = (character, true);
            }
            else if (character == ' ')
            {
                End();
            }
            else if (character == '#' && !started)
            {
                break;
            }
            else
            {
                word.Append(character);
                started = true;
            }
        }

        Assert.True(quote is null, $"A quote is not closed: {line}");
        End();
        return words;

        void End()
        {
            if (started)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            started = false;
        }
    }
}
