package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands for a server that runs: for its streams, and for the cluster of which it is a member. */
public final class RemoteCommands {
    private static final String CLUSTER = "cluster";

    /** Their names, in the order of help. */
    public static final List<String> NAMES =
            List.of("create", "append", "read", "tail", "ls", "stat", "set", "fork", "close", "rm", CLUSTER);

    /** The variables of the environment that only these commands read. */
    public static final Set<String> VARIABLES =
            Set.of(Connection.URL_VARIABLE, Connection.TOKEN_VARIABLE, AdminConnection.URL_VARIABLE);

    /** The columns of help, so that a URL fits into a line. */
    public static final int HELP_WIDTH = 100;

    private static final String PROGRAM = "ds";
    private static final char UNDECODABLE = '\uFFFD';
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    private RemoteCommands() {}

    /**
     * Runs the command that the first argument names.
     *
     * @param environment may contain the variables {@link #VARIABLES}
     * @param in the standard input
     * @param out for data; without a buffer, it throws what a write throws; a {@link Terminal} if it leads to one
     * @param err for messages, one line each
     * @return the exit status, see {@link ExitStatus}
     */
    public static int run(
            String[] args, Map<String, String> environment, InputStream in, OutputStream out, PrintStream err) {
        Console console = new Console(environment, in, out, err);
        CommandLine root = new CommandLine(CommandSpec.create().name(PROGRAM));
        for (String arg : args) {
            // Java replaces what it cannot decode, so the command would change other data than the user named.
            if (arg.indexOf(UNDECODABLE) >= 0) {
                console.say("the argument '" + arg + "' has characters that the locale cannot represent; set"
                        + " LC_ALL=C.UTF-8, or pass data by standard input");
                return ExitStatus.USAGE.number();
            }
        }
        root.addSubcommand(args[0], line(args[0], console));
        int status = root.setUsageHelpWidth(HELP_WIDTH)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> misused(e, console))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, urlVariable(args[0]), console))
                .execute(args);
        console.endLine();
        return status;
    }

    private static int misused(ParameterException failure, Console console) {
        String hint = "; see " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        if (failure instanceof UnmatchedArgumentException unmatched) {
            hint = Suggestions.of(
                            Suggestions.nameOf(unmatched.getUnmatched().get(0)),
                            failure.getCommandLine()
                                    .getCommandSpec()
                                    .optionsMap()
                                    .keySet())
                    + hint;
        }
        console.say(failure.getMessage() + hint);
        return ExitStatus.USAGE.number();
    }

    private static String urlVariable(String name) {
        return name.equals(CLUSTER) ? AdminConnection.URL_VARIABLE : Connection.URL_VARIABLE;
    }

    private static int failed(Exception failure, String urlVariable, Console console) {
        if (failure instanceof Console.OutputException) {
            // A reader that has left, such as head, needs no more; a file that cannot be written is an error.
            if (!Files.isRegularFile(STANDARD_OUTPUT)) {
                return ExitStatus.DONE.number();
            }
            console.say("the output cannot be written: " + failure.getMessage());
            return ExitStatus.FAILED.number();
        }
        if (failure instanceof StreamException refused) {
            console.say(refused.getMessage() + hint(refused, urlVariable));
            return ExitStatus.of(refused).number();
        }
        if (failure instanceof IllegalArgumentException) {
            console.say(failure.getMessage());
            return ExitStatus.USAGE.number();
        }
        console.say(
                failure instanceof IOException unreadable
                        ? FileProblem.text(unreadable, Path.of(""))
                        : String.valueOf(failure));
        return ExitStatus.FAILED.number();
    }

    private static String hint(StreamException refused, String urlVariable) {
        if (refused.status() == ErrorCode.UNAUTHENTICATED.status()) {
            return "; name a token with --token-file or " + Connection.TOKEN_VARIABLE;
        }
        return refused instanceof StreamException.Unavailable && refused.status() == 0
                ? "; name another server with --url or " + urlVariable
                : "";
    }

    /** Adds all commands to one whose help lists them. */
    public static void addTo(CommandLine root) {
        Console none =
                new Console(Map.of(), InputStream.nullInputStream(), OutputStream.nullOutputStream(), System.err);
        NAMES.forEach(name -> root.addSubcommand(name, line(name, none)));
    }

    private static CommandLine line(String name, Console console) {
        if (name.equals(CLUSTER)) {
            return ClusterCommand.line(console);
        }
        return new CommandLine(
                switch (name) {
                    case "create" -> new CreateCommand(console);
                    case "append" -> new AppendCommand(console);
                    case "read" -> new ReadCommand(console);
                    case "tail" -> new TailCommand(console);
                    case "ls" -> new ListCommand(console);
                    case "stat" -> new StatCommand(console);
                    case "set" -> new SetCommand(console);
                    case "fork" -> new ForkCommand(console);
                    case "close" -> new CloseCommand(console);
                    case "rm" -> new RemoveCommand(console);
                    default -> throw new IllegalArgumentException(name + " is no command");
                });
    }
}
