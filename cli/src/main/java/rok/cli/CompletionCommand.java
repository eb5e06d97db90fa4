package rok.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;

/** {@code rok completion bash|zsh}. */
@Command(
        description = "Print what makes the shell complete rok's commands, options, buckets, files and versions.",
        footer = {
            "",
            "bash: rok completion bash > ~/.local/share/bash-completion/completions/rok",
            "zsh:  add to ~/.zshrc: source <(rok completion zsh)"
        },
        sortOptions = false)
final class CompletionCommand implements rok.cli.Command {
    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    String shell = "";

    @Override
    public int run(Session session) {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new Refusal(Code.USAGE, "There is no completion for '%s'".formatted(shell), "say bash or zsh");
        }
        session.output().text(script("completion." + shell));
        return 0;
    }

    private static String script(String template) {
        var options = new StringBuilder();
        var names = new TreeSet<String>();
        Commands.ALL.forEach((name, maker) -> {
            if (name.startsWith("_")) {
                return;
            }
            names.add(name);
            var words = new TreeSet<String>();
            Main.commandLine(name, maker.get(), new GlobalOptions())
                    .getCommandSpec()
                    .options()
                    .forEach(option -> words.add(option.longestName()));
            options.append("    %s) options='%s' ;;\n".formatted(name, String.join(" ", words)));
        });
        return template(template).replace("@COMMANDS@", String.join(" ", names)).replace("@OPTIONS@", options);
    }

    private static String template(String name) {
        try (var in = CompletionCommand.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
