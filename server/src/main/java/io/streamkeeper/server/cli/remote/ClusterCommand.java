package io.streamkeeper.server.cli.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an operator sees and changes of a cluster, at the address for administration of any member. */
@Command(name = "cluster", description = "Shows and changes the members of a cluster.")
final class ClusterCommand {
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private HelpFlag help = new HelpFlag();

    private ClusterCommand() {}

    /** The command with those below it. */
    static CommandLine line(Console console) {
        return new CommandLine(new ClusterCommand())
                .addSubcommand(new Status(console))
                .addSubcommand(new MemberCommands.Add(console))
                .addSubcommand(new MemberCommands.Remove(console))
                .addSubcommand(new MemberCommands.Replace(console));
    }

    /** Prints what a member knows of the cluster. */
    @Command(
            name = "status",
            description = "Prints what a member knows of the cluster. How far the others are only the leader knows.")
    static final class Status implements Callable<Integer> {
        private final Console console;

        @Mixin
        private AdminConnection connection = new AdminConnection();

        @SuppressWarnings("UnusedVariable")
        @Mixin
        private HelpFlag help = new HelpFlag();

        @Option(names = "--json", description = "As a JSON object, on one line.")
        private boolean json;

        Status(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            String answer = connection.exchange(console.environment(), "GET", "/admin/cluster");
            byte[] printed =
                    (json ? answer : ClusterTable.of(JsonTree.object(answer))).getBytes(StandardCharsets.UTF_8);
            console.data().write(printed, 0, printed.length);
            return ExitStatus.DONE.number();
        }
    }
}
