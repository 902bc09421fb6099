package io.streamkeeper.server.cli;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.cli.remote.HelpFlag;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.SignedUrls;
import io.streamkeeper.server.setting.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The command that signs a URL. */
@Command(
        name = "sign",
        description = "Prints a URL with which everybody may read or append until it expires, also without other"
                + " credentials.")
final class SignCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable ToolCommand parent;

    @SuppressWarnings("UnusedVariable")
    @Mixin
    private HelpFlag help = new HelpFlag();

    @Option(
            names = "--signing-keys",
            paramLabel = "FILE",
            required = true,
            description = "The file of the server's flag of this name.")
    private Path file = Path.of("keys");

    @Option(names = "--path", paramLabel = "PATH", required = true, description = "The stream, not percent-encoded.")
    private String path = "";

    @Option(names = "--below", description = "Also for all streams below the path.")
    private boolean below;

    @Option(names = "--allow", paramLabel = "ACTIONS", description = "read, append, or read,append. Default: read")
    private String actions = "read";

    @Option(names = "--expires", paramLabel = "TIME", description = "How long it is valid, such as 7d. Default: 1h")
    private String expires = "1h";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "What the URL begins with. Default: http://localhost:4437/v1/stream/")
    private String url = "http://localhost:4437/v1/stream/";

    @Override
    public Integer call() throws IOException {
        Duration validFor = Duration.ofMillis(Durations.parse(expires));
        Set<Action> allowed = Action.parse(actions);
        SignedUrls urls = SignedUrls.of(file);
        String signature =
                below ? urls.signatureBelow(allowed, path, validFor) : urls.signature(allowed, path, validFor);
        if (parent != null) {
            parent.say(url + (url.endsWith("/") ? "" : "/") + new StreamPath(path).encoded() + "?"
                    + SignedUrls.PARAMETER + "=" + signature);
        }
        return 0;
    }
}
