package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.server.setting.Durations;
import io.streamkeeper.server.setting.Sizes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates a stream. */
@Command(name = "create", description = "Creates a stream. It is no error if it exists with the same settings.")
final class CreateCommand extends StreamCommand {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "json, text, bytes, or any content type. Default: text")
    private String type = "text";

    @Option(names = "--ttl", paramLabel = "TIME", description = "It expires after this time without use, such as 7d.")
    private @Nullable String ttl;

    @Option(names = "--expires-at", paramLabel = "MOMENT", description = "It expires then: 2030-01-31T12:00:00Z.")
    private @Nullable String expiresAt;

    @Option(names = "--max-age", paramLabel = "TIME", description = "It keeps only data that is younger.")
    private @Nullable String maxAge;

    @Option(names = "--max-bytes", paramLabel = "SIZE", description = "It keeps only the latest bytes, such as 10MiB.")
    private @Nullable String maxBytes;

    @Option(names = "--max-messages", paramLabel = "N", description = "It keeps only the latest messages.")
    private @Nullable Long maxMessages;

    @Option(names = "--closed", description = "It is closed from the beginning.")
    private boolean closed;

    CreateCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        if (streams.create(path(), options()).existed()) {
            console().say("the stream exists already, with the same settings");
        }
    }

    private CreateOptions options() {
        CreateOptions options = CreateOptions.of(Content.of(ContentTypes.of(type), new byte[0]));
        if (ttl != null && expiresAt != null) {
            throw new IllegalArgumentException("--ttl and --expires-at were both given; expected one of them");
        }
        options = ttl == null ? options : options.ttl(time(ttl));
        options = expiresAt == null ? options : options.expiresAt(Moments.parse("--expires-at", expiresAt));
        options = maxAge == null ? options : options.maxAge(time(maxAge));
        options = maxBytes == null ? options : options.maxBytes(Sizes.parse(maxBytes));
        options = maxMessages == null ? options : options.maxMessages(maxMessages);
        return closed ? options.closed() : options;
    }

    private static Duration time(String text) {
        return Duration.ofMillis(Durations.parse(text));
    }
}
