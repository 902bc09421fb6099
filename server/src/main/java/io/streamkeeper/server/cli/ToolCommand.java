package io.streamkeeper.server.cli;

import io.streamkeeper.cluster.store.MemberExport;
import io.streamkeeper.server.cli.remote.HelpFlag;
import io.streamkeeper.server.cli.remote.Progress;
import io.streamkeeper.server.cli.remote.RemoteCommands;
import io.streamkeeper.server.cli.remote.Suggestions;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.TierSettings;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.subscription.webhook.StoredWebhookKeys;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.tier.ObjectStore;
import io.streamkeeper.storage.tool.FileInspector;
import io.streamkeeper.storage.tool.SnapshotRestore;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands for a data directory and for credentials. Each ends with status 0 if all is well, else 1. */
@Command(
        name = "durable-streams-server",
        subcommands = {
            ToolCommand.Verify.class,
            ToolCommand.Backup.class,
            ToolCommand.Restore.class,
            ToolCommand.Export.class,
            ToolCommand.Inspect.class,
            ToolCommand.RotateKey.class,
            TokenCommand.class,
            SignCommand.class
        })
final class ToolCommand {
    /** The names of the commands, in the order of the annotation, which takes long to read at a start. */
    static final List<String> NAMES =
            List.of("verify", "backup", "restore", "export", "inspect", "rotate-key", "token", "sign");

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    /** The original is read, and the copy, to verify it. */
    private static final int READS_OF_BACKUP = 2;

    /** The settings of the server that every tool has. */
    private static final List<Setting<?>> SETTINGS = List.of(DataConfig.DIRECTORY, ProcessSettings.CONFIG_FILE);

    private static final String OBJECTS = "://";

    private static final String CONFIG_USE =
            "The configuration file of the server, which also names the data directory.";

    private final PrintStream out;

    private ToolCommand(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the command that the first argument names; returns the exit status.
     *
     * @param environment contains the {@code DS_} variables, as for the server
     */
    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        ConfigSources sources;
        try {
            sources = ConfigSources.of(ProcessSettings.all(), args, environment);
        } catch (IllegalArgumentException e) {
            ServeCommand.say(err, String.valueOf(e.getMessage()));
            return EXIT_USAGE;
        }
        ServeCommand.warn(sources, err);
        CommandLine line = line(out)
                .setDefaultValueProvider(ServeFlags.defaults(sources))
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpWidth(RemoteCommands.HELP_WIDTH)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, arguments) -> {
                    ServeCommand.say(err, e.getMessage() + suggestion(e) + "; see --help");
                    return EXIT_USAGE;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    ServeCommand.say(err, messageOf(e));
                    return EXIT_FAILED;
                });
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            ServeCommand.say(err, SmallHeap.problem());
            return EXIT_FAILED;
        }
    }

    /** The parser of the commands. */
    static CommandLine line(PrintStream out) {
        CommandLine line = new CommandLine(new ToolCommand(out)).registerConverter(Path.class, new Paths());
        for (CommandLine command : line.getSubcommands().values()) {
            if (command.getCommand() instanceof Tool tool) {
                SettingOptions.add(command.getCommandSpec(), DataConfig.DIRECTORY, tool.use());
                SettingOptions.add(command.getCommandSpec(), ProcessSettings.CONFIG_FILE, CONFIG_USE);
                SettingOptions.add(command.getCommandSpec(), tool.more());
            }
        }
        return line;
    }

    private static String suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        String first = unmatched.getUnmatched().get(0);
        CommandLine command = failure.getCommandLine();
        return command.getCommand() instanceof Tool && !first.startsWith("-")
                ? "; the data directory is named with --" + DataConfig.DIRECTORY.name()
                : Suggestions.of(
                        Suggestions.nameOf(first),
                        command.getCommandSpec().optionsMap().keySet());
    }

    private static String messageOf(Exception e) {
        return e instanceof IOException failed ? FileProblem.text(failed, Path.of("")) : String.valueOf(e.getMessage());
    }

    void say(String text) {
        out.println(text);
    }

    /** The common part of all tools. */
    private abstract static class Tool implements java.util.concurrent.Callable<Integer> {
        @ParentCommand
        ToolCommand parent;

        @SuppressWarnings("UnusedVariable")
        @Mixin
        private HelpFlag help = new HelpFlag();

        @Spec
        private CommandSpec command;

        /** What the tool does with the data directory, for the help. */
        String use() {
            return "The data directory.";
        }

        /** More settings of the server that the tool has. */
        List<Setting<?>> more() {
            return List.of();
        }

        /** Their values, from the same sources as the server's. */
        SettingValues values() {
            return SettingOptions.values(command, more());
        }

        /** The data directory, from the same sources as the server's. */
        Path data() {
            return SettingOptions.values(command, SETTINGS).get(DataConfig.DIRECTORY);
        }

        Tool() {
            this.parent = new ToolCommand(System.out);
            this.command = CommandSpec.create();
        }
    }

    /** Checks a data directory. */
    @Command(
            name = "verify",
            description = "Checks every checksum and cross-reference of a data directory, of a server that runs or not,"
                    + " and its objects in the object store. Changes nothing; the status is 1 if anything is wrong.")
    static final class Verify extends Tool {
        @Override
        List<Setting<?>> more() {
            return TierSettings.OF_OBJECTS;
        }

        @Override
        public Integer call() throws IOException {
            List<String> problems = ToolTier.with(values(), objects -> {
                try (Progress progress = Progress.of(data(), 1)) {
                    return new StoreVerifier(LocalDisk.forReading(), objects, progress.above(parent::say))
                            .verify(data());
                }
            });
            parent.say(
                    problems.isEmpty()
                            ? "all is well"
                            : problems.size() == 1 ? "1 problem" : problems.size() + " problems");
            return problems.isEmpty() ? 0 : EXIT_FAILED;
        }
    }

    /** Copies a data directory. */
    @Command(
            name = "backup",
            description = "Makes a consistent copy of a data directory, of a server that runs or not, and verifies"
                    + " it. Files that are only in the object store are fetched.")
    static final class Backup extends Tool {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "A new directory for the copy.")
        private Path target = Path.of("backup");

        @Override
        List<Setting<?>> more() {
            return TierSettings.OF_OBJECTS;
        }

        @Override
        public Integer call() throws IOException {
            return ToolTier.with(values(), objects -> {
                try (Progress progress = Progress.of(data(), READS_OF_BACKUP)) {
                    new StoreBackup(LocalDisk.forReading(), objects, progress.above(parent::say)).copy(data(), target);
                }
                return 0;
            });
        }
    }

    /** Restores a data directory from a backup. */
    @Command(
            name = "restore",
            description = "Makes a data directory, which must be empty or not exist, from a backup, or from the newest"
                    + " snapshot in an object store; verifies it.")
    static final class Restore extends Tool {
        @Option(
                names = "--from",
                paramLabel = "DIR|URL",
                required = true,
                description = "The backup, or the --tier of the server that has made snapshots.")
        private String source = "backup";

        @Option(
                names = "--store",
                paramLabel = "ID",
                description = "The identity of the data directory, if the object store has snapshots of several.")
        private String store = "";

        @Override
        String use() {
            return "The directory to make.";
        }

        @Override
        List<Setting<?>> more() {
            return TierSettings.OF_SERVICE;
        }

        @Override
        public Integer call() throws IOException {
            if (source.contains(OBJECTS)) {
                restoreSnapshot();
            } else {
                restoreBackup(new Paths().convert(source));
            }
            return 0;
        }

        private void restoreSnapshot() throws IOException {
            try (ObjectStore objects = ToolTier.open(source, values())) {
                SnapshotRestore restore = new SnapshotRestore(LocalDisk.forReading(), objects, source, parent::say);
                locked(() -> restore.restore(store, data()));
            }
        }

        private void restoreBackup(Path from) throws IOException {
            try (Progress progress = Progress.of(from, READS_OF_BACKUP)) {
                StoreBackup backup = new StoreBackup(LocalDisk.forReading(), progress.above(parent::say));
                backup.check(from, data());
                locked(() -> backup.copy(from, data()));
            }
        }

        private interface Work {
            void run() throws IOException;
        }

        /** Works on the directory to make, which no other process uses meanwhile. */
        private void locked(Work work) throws IOException {
            DirectoryLock lock = DirectoryLock.take(new LocalDisk(), data());
            try {
                work.run();
            } finally {
                lock.close();
            }
        }
    }

    /** Makes a data directory for a server without a cluster. */
    @Command(
            name = "export",
            description =
                    "Makes a data directory for a server without a cluster from that of a member of one, which must"
                            + " not run and stays as it is; verifies it. Files that are only in the object store are"
                            + " fetched.")
    static final class Export extends Tool {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "The directory to make.")
        private Path target = Path.of("export");

        @Override
        String use() {
            return "The data directory of the member.";
        }

        @Override
        List<Setting<?>> more() {
            return TierSettings.OF_OBJECTS;
        }

        @Override
        public Integer call() throws IOException {
            return ToolTier.with(values(), objects -> {
                try (Progress progress = Progress.of(data(), READS_OF_BACKUP)) {
                    MemberExport.run(data(), target, objects, progress.above(parent::say));
                }
                return 0;
            });
        }
    }

    /** Prints the contents of a file. */
    @Command(
            name = "inspect",
            description = "Prints the contents of a journal segment (.wal) or an extent file (.ext).")
    static final class Inspect extends Tool {
        @Parameters(paramLabel = "FILE", description = "The file; also relative to the data directory.")
        private Path file = Path.of(".");

        @Override
        public Integer call() throws IOException {
            Path inData = data().resolve(file);
            if (!Files.exists(file) && !Files.exists(inData)) {
                throw new IOException(file + " does not exist, nor does " + inData);
            }
            Path found = Files.exists(file) ? file : inData;
            try (Progress progress = Progress.of(found, 1)) {
                new FileInspector(LocalDisk.forReading(), progress.above(parent::say)).inspect(found);
            }
            return 0;
        }
    }

    /** Replaces the key of webhooks. */
    @Command(
            name = "rotate-key",
            description =
                    "Replaces the key that signs webhooks by a new one, of a server that runs or not, and prints the"
                            + " id of the new one. The old one is published for an hour, for webhooks that it has signed.")
    static final class RotateKey extends Tool {
        @Option(
                names = "--revoke",
                description = "The old keys are not published any longer, because another may know them. Wakes that are"
                        + " under way are repeated.")
        private boolean isRevoked;

        @Override
        public Integer call() throws IOException {
            DataDirectory.read(LocalDisk.forReading(), data());
            Path file = data().resolve(StoredWebhookKeys.FILE);
            parent.say(StoredWebhookKeys.rotate(file, isRevoked, Clock.SYSTEM.nowMillis()));
            return 0;
        }
    }
}
