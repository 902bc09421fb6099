package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

/** Prints the properties of a stream. */
@Command(name = "stat", description = "Prints the properties of a stream, one a line.")
final class StatCommand extends StreamCommand {
    StatCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        byte[] text = text(streams.metadata(path())).getBytes(StandardCharsets.UTF_8);
        console().data().write(text, 0, text.length);
    }

    private static String text(StreamMetadata stream) {
        StringBuilder text = new StringBuilder();
        line(text, "content-type", stream.contentType());
        line(text, "next-offset", stream.nextOffset());
        line(text, "earliest-offset", stream.earliestOffset());
        line(text, "closed", Boolean.toString(stream.closed()));
        if (stream.expiry() instanceof Expiry.Ttl ttl) {
            line(text, "ttl", ttl.seconds() + "s");
        } else if (stream.expiry() instanceof Expiry.At at) {
            line(text, "expires-at", at.text());
        }
        Retention retention = stream.retention();
        bound(text, "max-age", retention.maxAgeSeconds(), "s");
        bound(text, "max-bytes", retention.maxBytes(), "");
        bound(text, "max-messages", retention.maxMessages(), "");
        if (stream.lastAppendAt() != null) {
            line(text, "last-append", stream.lastAppendAt().toString());
        }
        if (stream.tag() != null) {
            line(text, "tag", stream.tag());
        }
        return text.toString();
    }

    private static void bound(StringBuilder text, String name, long value, String unit) {
        if (value != Retention.UNBOUNDED) {
            line(text, name, value + unit);
        }
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(ControlCharacters.escaped(value)).append('\n');
    }
}
