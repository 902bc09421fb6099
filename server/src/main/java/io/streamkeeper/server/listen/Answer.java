package io.streamkeeper.server.listen;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamMetadata;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server's answer to one request, whole. Immutable. */
final class Answer {
    private static final int SECONDS_DIGITS_MAX = 9;
    private static final int MESSAGE_LENGTH_MAX = 1_000;

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Answer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    int status() {
        return status;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Nullable
    String field(String name) {
        return headers.firstValue(name).orElse(null);
    }

    private boolean isTrue(String name) {
        return "true".equalsIgnoreCase(field(name));
    }

    /** The type that the answer says its stream has, or {@code otherwise}. */
    ContentType contentType(ContentType otherwise) {
        String text = field("Content-Type");
        try {
            return text == null ? otherwise : ContentType.parse(text);
        } catch (RefusedException e) {
            return otherwise;
        }
    }

    /** What the answer to a HEAD tells (section 5.5). What a server does not tell is as it is in a stream without it. */
    StreamMetadata metadata() {
        String nextOffset = field("Stream-Next-Offset");
        String earliestOffset = field("Stream-Earliest-Offset");
        return new StreamMetadata(
                contentType(ContentType.OCTET_STREAM).value(),
                nextOffset == null ? ReadStart.NOW : nextOffset,
                earliestOffset == null ? ReadStart.BEGINNING : earliestOffset,
                isTrue("Stream-Closed"),
                expiry(),
                retention());
    }

    private Expiry expiry() {
        try {
            return Expiry.parse(field("Stream-TTL"), field("Stream-Expires-At"));
        } catch (RefusedException e) {
            return Expiry.never();
        }
    }

    private Retention retention() {
        try {
            return Retention.parse(
                    field("Stream-Retention-Max-Age"),
                    field("Stream-Retention-Max-Bytes"),
                    field("Stream-Retention-Max-Messages"));
        } catch (RefusedException e) {
            return Retention.none();
        }
    }

    /**
     * What the answer to a long-poll brings (section 5.7).
     *
     * @param from where the poll began
     * @param otherwise the stream's type, if the answer does not tell it
     * @throws StreamException.Invalid if it has data without the offset behind it
     */
    Batch batch(From from, ContentType otherwise) {
        String nextOffset = field("Stream-Next-Offset");
        if (nextOffset == null && body.length > 0) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    status,
                    "the server's answer has data but no Stream-Next-Offset: it is none of this protocol");
        }
        ContentType type = body.length == 0 ? otherwise : contentType(otherwise);
        return new Batch(
                type,
                type.isJson() ? JsonArrays.join(List.of(body)) : body,
                nextOffset == null ? from.offset() : nextOffset,
                isTrue("Stream-Up-To-Date") || isTrue("Stream-Closed"),
                isTrue("Stream-Closed"));
    }

    /**
     * What an answer that is no success tells. Our server has a body that says it; of another one the status does, and the
     * body's text is told if it is short.
     *
     * @param asked what it answers, such as {@code GET http://…}
     * @param codeIfNone what an answer without a code means, or null
     */
    StreamException failure(String asked, @Nullable String codeIfNone) {
        Map<String, String> fields = Map.of();
        try {
            fields = JsonFields.read(body);
        } catch (IOException e) {
            // Another server's errors need not be JSON.
        }
        String code = fields.getOrDefault("error.code", codeIfNone);
        String message = fields.get("error.message");
        if (message == null) {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            boolean tellable = !text.isEmpty() && text.length() <= MESSAGE_LENGTH_MAX;
            message = asked + " was answered " + status + (tellable ? ": " + text : "");
        }
        return StreamException.ofAnswer(status, code, message, field("Stream-Earliest-Offset"), retryAfter());
    }

    private @Nullable Duration retryAfter() {
        String seconds = field("Retry-After");
        if (seconds == null || !seconds.matches("[0-9]{1," + SECONDS_DIGITS_MAX + "}")) {
            return null;
        }
        return Duration.ofSeconds(Digits.toLong(seconds));
    }
}
