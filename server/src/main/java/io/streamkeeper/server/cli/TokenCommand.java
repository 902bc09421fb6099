package io.streamkeeper.server.cli;

import io.streamkeeper.server.cli.remote.HelpFlag;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.setting.Durations;
import io.streamkeeper.storage.disk.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The command that makes a token: prints it once, and the line for the file of tokens, from which nobody gets it. */
@Command(
        name = "token",
        description = "Makes a random token, and prints it and the line for --token-file. The token is stored nowhere.")
final class TokenCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable ToolCommand parent;

    @SuppressWarnings("UnusedVariable")
    @Mixin
    private HelpFlag help = new HelpFlag();

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The client's name in --policy-file.")
    private String name = "";

    @Option(names = "--expires", paramLabel = "TIME", description = "How long it is valid, such as 90d; else for ever.")
    private @Nullable String expires;

    @Override
    public Integer call() {
        Instant end = expires == null
                ? null
                : Instant.ofEpochMilli(Clock.SYSTEM.nowMillis())
                        .plusMillis(Durations.parse(expires))
                        .truncatedTo(ChronoUnit.SECONDS);
        NewToken made = NewToken.make(name, end);
        if (parent != null) {
            parent.say(made.token());
            parent.say(made.line());
        }
        return 0;
    }
}
