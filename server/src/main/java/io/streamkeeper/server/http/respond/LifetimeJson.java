package io.streamkeeper.server.http.respond;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.io.IOException;

/** The members of the JSON object of a stream that say when it ends, and what it keeps. */
public final class LifetimeJson {
    private LifetimeJson() {}

    /** Writes what there is of {@code ttlSeconds} or {@code expiresAt}, and {@code retention}. */
    public static void write(JsonGenerator json, Expiry expiry, Retention retention) throws IOException {
        if (expiry instanceof Expiry.Ttl ttl) {
            json.writeNumberField("ttlSeconds", ttl.seconds());
        } else if (expiry instanceof Expiry.At at) {
            json.writeStringField("expiresAt", at.text());
        }
        if (!retention.isNone()) {
            json.writeObjectFieldStart("retention");
            write(json, "maxAgeSeconds", retention.maxAgeSeconds());
            write(json, "maxBytes", retention.maxBytes());
            write(json, "maxMessages", retention.maxMessages());
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, String name, long bound) throws IOException {
        if (bound != Retention.UNBOUNDED) {
            json.writeNumberField(name, bound);
        }
    }
}
