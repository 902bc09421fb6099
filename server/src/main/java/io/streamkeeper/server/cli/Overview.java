package io.streamkeeper.server.cli;

import io.streamkeeper.server.cli.remote.RemoteCommands;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** All commands together: their list, and the completion of the shell. */
@Command(
        name = "ds",
        synopsisHeading = "Usage: ",
        customSynopsis = "ds COMMAND [ARGUMENT]...",
        usageHelpWidth = 100,
        description = "Creates, writes and reads the streams of a server, and cares for its data directory.",
        descriptionHeading = "%n",
        commandListHeading = "%nCommands, each with --help:%n",
        footerHeading = "%n",
        footer = {
            "ds bench measures a server, ds completion prints the completion of bash and zsh:",
            "  source <(ds completion)",
            "",
            "Exit status: 0 done, 1 failed, 2 wrong arguments, 3 not found, 4 conflict, 5 refused, 6 unavailable."
        })
final class Overview {
    /** The names of the commands that this class answers. */
    static final List<String> NAMES = List.of("help", "completion", "bench");

    private static final String BENCH = "the load generator is a jar of its own: java -jar durable-streams-bench.jar"
            + " --help; the build makes it in bench/target";

    private Overview() {}

    /** Runs {@code help}, {@code completion} or {@code bench}; returns the exit status. */
    static int run(String name, PrintStream out, PrintStream err) {
        if (name.equals("bench")) {
            ServeCommand.say(err, BENCH);
            return 1;
        }
        CommandLine all = all(out);
        if (name.equals("help")) {
            all.usage(out, Ansi.AUTO);
        } else {
            out.print(AutoComplete.bash("ds", all));
        }
        return 0;
    }

    private static CommandLine all(PrintStream out) {
        CommandLine all = ToolCommand.line(out);
        Map<String, CommandLine> tools = new LinkedHashMap<>(all.getSubcommands());
        tools.keySet().forEach(all.getCommandSpec()::removeSubcommand);
        RemoteCommands.addTo(all);
        all.addSubcommand(ServeCommand.NAME, ServeFlags.commandLine(ProcessSettings.all()));
        tools.forEach(all::addSubcommand);
        CommandSpec described = CommandSpec.forAnnotatedObject(new Overview());
        all.getCommandSpec().name(described.name()).usageMessage(described.usageMessage());
        return all;
    }

    /** The names of all commands. */
    static List<String> names() {
        return Stream.of(RemoteCommands.NAMES, List.of(ServeCommand.NAME), ToolCommand.NAMES, NAMES)
                .flatMap(List::stream)
                .toList();
    }
}
