package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.server.setting.Durations;
import io.streamkeeper.server.setting.Sizes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes the properties of a stream. */
@Command(name = "set", description = "Changes properties of a stream; the others stay. The value none removes a limit.")
final class SetCommand extends StreamCommand {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "json, text, bytes, or any content type of the same kind as the present one.")
    private @Nullable String type;

    @Option(names = "--ttl", paramLabel = "TIME", description = "It expires after this time without use, such as 7d.")
    private @Nullable String ttl;

    @Option(names = "--expires-at", paramLabel = "MOMENT", description = "It expires then: 2030-01-31T12:00:00Z.")
    private @Nullable String expiresAt;

    @Option(names = "--max-age", paramLabel = "TIME", description = "It keeps only data that is younger.")
    private @Nullable String maxAge;

    @Option(names = "--max-bytes", paramLabel = "SIZE", description = "It keeps only the latest bytes, such as 10MiB.")
    private @Nullable String maxBytes;

    @Option(names = "--max-messages", paramLabel = "N", description = "It keeps only the latest messages.")
    private @Nullable String maxMessages;

    @Option(names = "--if-match", paramLabel = "TAG", description = "Only if this is still the tag that stat prints.")
    private @Nullable String ifMatch;

    SetCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        streams.changeMetadata(path(), options());
    }

    private MetadataOptions options() {
        if (ttl != null && expiresAt != null) {
            throw new IllegalArgumentException("--ttl and --expires-at were both given; expected one of them");
        }
        MetadataOptions options = MetadataOptions.none();
        options = type == null ? options : options.contentType(ContentTypes.of(type));
        options = withExpiry(options);
        options = withBounds(options);
        return ifMatch == null ? options : options.ifMatch(ifMatch);
    }

    private MetadataOptions withExpiry(MetadataOptions options) {
        if (ttl != null) {
            return isNone(ttl) ? options.neverExpires() : options.ttl(time(ttl));
        }
        if (expiresAt != null) {
            return isNone(expiresAt)
                    ? options.neverExpires()
                    : options.expiresAt(Moments.parse("--expires-at", expiresAt));
        }
        return options;
    }

    private MetadataOptions withBounds(MetadataOptions before) {
        MetadataOptions options = before;
        if (maxAge != null) {
            options = isNone(maxAge) ? options.anyAge() : options.maxAge(time(maxAge));
        }
        if (maxBytes != null) {
            options = isNone(maxBytes) ? options.anyBytes() : options.maxBytes(Sizes.parse(maxBytes));
        }
        if (maxMessages != null) {
            options = isNone(maxMessages) ? options.anyMessages() : options.maxMessages(number(maxMessages));
        }
        return options;
    }

    private static Duration time(String text) {
        return Duration.ofMillis(Durations.parse(text));
    }

    private static boolean isNone(String value) {
        return value.equals(MetadataChange.NONE);
    }

    private static long number(String text) {
        if (!text.matches("[1-9][0-9]{0,14}")) {
            throw new IllegalArgumentException("--max-messages is '" + text + "'; expected a number above 0, or none");
        }
        return Digits.toLong(text);
    }
}
