namespace MLVision.Cli.Completion;

/// <summary>What makes a shell ask mlvision for words. Where mlvision has none, the shell offers names of files.</summary>
internal static class ShellSnippets
{
    /// <summary>For bash 4 and newer, which takes ':' and '=' for ends of words.</summary>
    public const string Bash = """
        # Words of mlvision for bash. In ~/.bashrc: source <(mlvision completion bash)
        _mlvision() {
            local line=${COMP_LINE:0:COMP_POINT}
            local given=${line#*[[:space:]]} word=${line##*[[:space:]]} candidate
            local before=${word%"${word##*[=:]}"}
            COMPREPLY=()
            while IFS= read -r candidate; do
                candidate=${candidate%$'\r'}
                if [[ -n $candidate && $candidate == "$word"* ]]; then
                    COMPREPLY+=("${candidate#"$before"}")
                fi
            done < <(mlvision "[suggest:${#given}]" "$given" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _mlvision mlvision

        """;

    /// <summary>For zsh.</summary>
    public const string Zsh = """
        #compdef mlvision
        # Words of mlvision for zsh. In ~/.zshrc, behind compinit: source <(mlvision completion zsh)
        _mlvision() {
            local given="${(j: :)words[2,CURRENT-1]}"
            (( CURRENT > 2 )) && given+=" "
            given+="$PREFIX"
            local -a candidates
            candidates=("${(@f)$(mlvision "[suggest:${#given}]" "$given" 2>/dev/null)}")
            candidates=(${candidates:#})
            compadd -a candidates || _files
        }
        compdef _mlvision mlvision

        """;

    /// <summary>For PowerShell, where it is called pwsh and where it is Windows' own.</summary>
    public const string PowerShell = """
        # Words of mlvision for PowerShell. In the file $PROFILE: mlvision completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName mlvision -ScriptBlock {
            param($word, $command, $cursor)
            $line = $command.ToString().PadRight($cursor - $command.Extent.StartOffset)
            $given = $line.Substring(0, $cursor - $command.Extent.StartOffset) -replace '^\S+\s?', ''
            mlvision "[suggest:$($given.Length)]" "$given" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;
}
